using RotationMesh.Core;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.Engine.Retiring;

/// <summary>What an order to retire a version may ask. All throw <see cref="UsageException"/>.</summary>
internal static class RetirementOrders
{
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
