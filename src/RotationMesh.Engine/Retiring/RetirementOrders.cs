using RotationMesh.Core;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Engine.Retiring;

/// <summary>What an order to retire a version may ask. All throw <see cref="UsageException"/>.</summary>
internal static class RetirementOrders
{
    private const string Places =
        "A place is DATABASE.SCHEMA.TABLE or DATABASE.SCHEMA.TABLE.COLUMN, as messages show it, with the map's name of the database";

    /// <summary>What can be told before anything is looked at.</summary>
    public static void Ensure(RetirementOrder order, int currentVersion)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Version < 1 || order.Version > currentVersion)
            throw new UsageException(
                $"there never was a key version {order.Version}: the current one is {currentVersion}"
            );
        if (order.SkipScanReason is { } reason && string.IsNullOrWhiteSpace(reason))
            throw new UsageException(
                "the reason for which the scan is skipped is empty: say why, it is recorded"
            );
        foreach (var skipped in order.SkippedScans)
        {
            if (string.IsNullOrWhiteSpace(skipped.Place))
                throw new UsageException($"--skip-scan-of: {Places}");
            if (string.IsNullOrWhiteSpace(skipped.Reason))
                throw new UsageException(
                    $"the reason for which {skipped.Place} is not scanned is empty: say why, it is recorded"
                );
        }

        if (order.SkipScanReason is not null && order.SkippedScans.Count > 0)
            throw new UsageException(
                "--skip-scan leaves out everything, and --skip-scan-of a place: give one of them"
            );
    }

    /// <summary>A place that names nothing was mistyped, and what was meant by it was scanned.</summary>
    public static void EnsureMet(IEnumerable<string> unmet)
    {
        if (unmet.FirstOrDefault() is { } place)
            throw new UsageException(
                $"--skip-scan-of {place}: no table or column that the scan looks at has that name. {Places}"
            );
    }

    /// <summary>
    /// Only what is <paramref name="missing"/> can be gone: a name that was mistyped is told, and so is one that several have.
    /// </summary>
    public static void EnsureGone(RetirementOrder order, IReadOnlyList<ClaimedDatabase> missing)
    {
        ArgumentNullException.ThrowIfNull(order);
        foreach (var gone in order.Gone)
        {
            var meant = RotatedPlaces.Meant(gone, missing);
            if (meant.Count == 0)
                throw new UsageException(
                    $"--gone {gone}: of the databases that rotations were made for, the map leaves out none of that name"
                );
            if (meant.Count > 1)
                throw new UsageException(
                    $"--gone {gone}: rotations were made for {meant.Count} databases of that name that the map leaves out. Say which "
                        + $"exists no more: {string.Join(" or ", meant.Select(one => $"--gone {RotatedPlaces.Named(one)}"))}"
                );
        }
    }
}
