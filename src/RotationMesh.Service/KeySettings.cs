using RotationMesh.Core.Keys;
using RotationMesh.Hosting;

namespace RotationMesh.Service;

/// <summary>
/// Shows the keys of a ring, by version and fingerprint. It asks where their variables come from when it is made, which is
/// before the ring is taken out of them.
/// </summary>
internal sealed class KeySettings(Variables variables)
{
    private readonly string version =
        variables.SourceOfSecret(KeyRingReader.CurrentVersion) ?? Setting.ByDefault;

    private readonly string current = variables.SourceOfSecret(KeyRingReader.CurrentKey) ?? Setting.ByDefault;

    private readonly string previous =
        variables.SourceOfSecret(KeyRingReader.PreviousKeys) ?? Setting.ByDefault;

    /// <summary>Returns the current version, and all keys in the order of their versions.</summary>
    public IEnumerable<Setting> Of(KeyRing ring) =>
        ring
            .Keys.Select(key =>
                key.Version == ring.CurrentVersion
                    ? new Setting($"key version {key.Version} (current)", key.Fingerprint, current)
                    : new Setting($"key version {key.Version}", key.Fingerprint, previous)
            )
            .Prepend(new Setting(KeyRingReader.CurrentVersion, $"{ring.CurrentVersion}", version));
}
