using RotationMesh.Core;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Engine.Retiring;

/// <summary>Keeps rotations away from versions that are out of service: their keys are to be destroyed.</summary>
public static class RetiredTarget
{
    /// <summary>
    /// Throws <see cref="UsageException"/> where anything says that the version is retired, whoever wrote it: a rotation that
    /// is refused costs less than rows under a key that is destroyed.
    /// </summary>
    public static async Task EnsureInServiceAsync(
        ControlDatabase control,
        int version,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        var retired = await new RetiredKeyStore(control).ListAsync(cancellationToken);
        if (retired.FirstOrDefault(key => key.Version == version) is { } key)
            throw new UsageException(
                $"key version {version} is retired since {key.RetiredAt:u}: rotate to a version that is in service, with --target-version"
            );
    }
}
