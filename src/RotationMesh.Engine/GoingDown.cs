using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Census;

namespace RotationMesh.Engine;

/// <summary>
/// Keeps a rotation to an older version than the current one from failing on every row that the application wrote since:
/// rows are brought down only where that is asked for.
/// </summary>
public static class GoingDown
{
    /// <summary>
    /// Throws <see cref="UsageException"/> that counts the rows above <paramref name="target"/> whose key the ring holds.
    /// Those of a rotation to the current version are no reason to refuse: each is a failure of its own.
    /// </summary>
    public static void EnsureAllowed(KeyRing ring, int target, bool allowed, IEnumerable<VersionCount> counts)
    {
        ArgumentNullException.ThrowIfNull(ring);
        if (allowed || target >= ring.CurrentVersion)
            return;
        var above = counts
            .Where(count => !count.External && count.Version > target && Holds(ring, count.Version))
            .GroupBy(count => count.Version)
            .OrderBy(version => version.Key)
            .Select(version =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{version.Sum(count => count.Rows)} rows are at version {version.Key}"
                )
            )
            .ToList();
        if (above.Count > 0)
            throw new UsageException(
                $"{string.Join(", ", above)}, above the target version {target}: give --allow-downgrade to bring them down, "
                    + $"or leave --target-version out to rotate to the current version {ring.CurrentVersion}"
            );
    }

    private static bool Holds(KeyRing ring, long? version) =>
        version is <= int.MaxValue && ring.Contains((int)version);
}
