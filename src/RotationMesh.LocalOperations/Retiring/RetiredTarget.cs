using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Keeps rotations away from retired keys, whatever version a key ring gives them: these keys are to be destroyed.
/// </summary>
public static class RetiredTarget
{
    /// <summary>
    /// Throws <see cref="UsageException"/> where any record, whoever wrote it, says that the version or its key is
    /// retired. A rotation that is refused without need costs less than rows under a key that is destroyed.
    /// </summary>
    public static async Task EnsureInServiceAsync(
        ControlDatabase control,
        int version,
        string fingerprint,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        var retired = await ListAsync(control, cancellationToken);
        if (retired.FirstOrDefault(key => key.Version == version) is { } key)
            throw new UsageException(
                $"key version {version} is retired since {key.RetiredAt:u}: rotate to a version that is in service, with --target-version"
            );
        if (ExplainReturn(retired, version, fingerprint) is { } returned)
            throw new UsageException($"{returned}: {Fix}");
    }

    /// <summary>
    /// Returns every version that a record calls retired, with its keys. Where nobody had the key at hand when its
    /// version was retired, the keys that rotations met under the version take its place.
    /// </summary>
    public static async Task<IReadOnlyList<RetiredKey>> ListAsync(
        ControlDatabase control,
        CancellationToken cancellationToken
    ) =>
        WithMet(
            await new RetiredKeyStore(control).ListAsync(cancellationToken),
            await new MetKeyStore(control).ListAsync(cancellationToken)
        );

    internal static IReadOnlyList<RetiredKey> WithMet(
        IReadOnlyList<RetiredKey> retired,
        IReadOnlyList<MetKey> met
    ) =>
        [
            .. retired.Select(key =>
                key.Fingerprints.Count > 0
                    ? key
                    : key with
                    {
                        Fingerprints =
                        [
                            .. met.Where(one => one.Version == key.Version).Select(one => one.Fingerprint),
                        ],
                    }
            ),
        ];

    /// <summary>What to do about a key that was retired under another version.</summary>
    public const string Fix =
        $"whoever believes that destroys it. Rotate to a key that is in service: {SharedKey.Fix}";

    /// <summary>
    /// Names both versions where the key was retired under another version than this one; null where it was not.
    /// </summary>
    public static string? ExplainReturn(IReadOnlyList<RetiredKey> retired, int version, string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(retired);
        return
            retired.FirstOrDefault(key => key.Version != version && key.Fingerprints.Contains(fingerprint))
                is { } key
            ? $"the key of key version {version} (fingerprint {fingerprint}) was retired as version {key.Version}, at {key.RetiredAt:u}"
            : null;
    }
}
