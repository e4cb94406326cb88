using System.Diagnostics.CodeAnalysis;

namespace RotationMesh.Core.Keys;

/// <summary>The master keys that a process holds, by version, with one current version.</summary>
public sealed class KeyRing : IDisposable
{
    private readonly SortedDictionary<int, MasterKey> keys = [];

    /// <summary>
    /// Builds a ring. Throws <see cref="ArgumentException"/> for a version that is given twice or is below 1, and where
    /// the current version is not among the keys; check values with <see cref="MasterKeyRules"/> first.
    /// </summary>
    public KeyRing(int currentVersion, IEnumerable<KeyValuePair<int, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (version, value) in values)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
            keys.Add(version, new MasterKey(version, value));
        }

        CurrentVersion = keys.ContainsKey(currentVersion)
            ? currentVersion
            : throw new ArgumentException(
                $"the key ring lacks its current version {currentVersion}",
                nameof(currentVersion)
            );
    }

    private KeyRing(int currentVersion, IEnumerable<MasterKey> others)
    {
        CurrentVersion = currentVersion;
        foreach (var key in others)
            keys.Add(key.Version, new MasterKey(key));
    }

    /// <summary>
    /// Returns a copy of the ring without some versions, to prove that a value decrypts without them. Throws
    /// <see cref="ArgumentException"/> for the current version.
    /// </summary>
    public KeyRing Without(IEnumerable<int> versions)
    {
        var lacking = versions.ToHashSet();
        return lacking.Contains(CurrentVersion)
            ? throw new ArgumentException("a key ring needs its current version", nameof(versions))
            : new KeyRing(CurrentVersion, keys.Values.Where(key => !lacking.Contains(key.Version)));
    }

    /// <summary>Version that the application encrypts with.</summary>
    public int CurrentVersion { get; }

    /// <summary>
    /// The keys that can be read in more than one way, each with the fingerprints of all readings: the application may
    /// hold another key than this ring.
    /// </summary>
    public IReadOnlyList<string> Ambiguities { get; init; } = [];

    /// <summary>All keys in ascending order of version.</summary>
    public IReadOnlyCollection<MasterKey> Keys => keys.Values;

    /// <summary>Versions in ascending order.</summary>
    public IReadOnlyCollection<int> Versions => keys.Keys;

    /// <summary>Whether the ring holds that version.</summary>
    public bool Contains(int version) => keys.ContainsKey(version);

    /// <summary>Gets the key of that version; false where the ring lacks it.</summary>
    public bool TryGet(int version, [NotNullWhen(true)] out MasterKey? key) =>
        keys.TryGetValue(version, out key);

    /// <summary>Returns the other versions that hold the same key, compared by fingerprint, in ascending order.</summary>
    public IReadOnlyList<int> SharedWith(int version) =>
        TryGet(version, out var key)
            ?
            [
                .. keys
                    .Values.Where(other => other.Version != version && other.Fingerprint == key.Fingerprint)
                    .Select(other => other.Version),
            ]
            : [];

    /// <summary>Zeroes every key.</summary>
    public void Dispose()
    {
        foreach (var key in keys.Values)
            key.Dispose();
    }
}
