using RotationMesh.Core;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Engine.Retiring;

/// <summary>What an order to retire a version may ask. All throw <see cref="UsageException"/>.</summary>
internal static class RetirementOrders
{
    /// <summary>
    /// What can be told before rows are looked at. After an undo a version above the current one was met, and is out of use as
    /// any earlier one is.
    /// </summary>
    public static async Task EnsureAsync(
        RetirementOrder order,
        int currentVersion,
        ControlDatabase control,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(control);
        if (order.Version < 1 || (order.Version > currentVersion && !await IsMetAsync()))
            throw new UsageException(
                $"there never was a key version {order.Version}: the current one is {currentVersion}, and no rotation met a later one "
                    + "of that number"
            );
        if (order.SkipScanReason is { } reason && string.IsNullOrWhiteSpace(reason))
            throw new UsageException(
                "the reason for which the scan is skipped is empty: say why, it is recorded"
            );

        async Task<bool> IsMetAsync() =>
            (await new MetKeyStore(control).ListAsync(cancellationToken)).Any(key =>
                key.Version == order.Version
            );
    }

    /// <summary>
    /// Only a database that the map leaves out and a table that is not there can be gone: a name that was mistyped is told, and
    /// so is one that several databases have.
    /// </summary>
    public static void EnsureGone(RetirementOrder order, RetirementCheck check)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(check);
        check.Failed.EnsureGone();
        var missing = check.Places.Missing;
        foreach (var gone in order.Gone.Where(one => !check.Failed.IsMeant(one)))
        {
            var meant = RotatedPlaces.Meant(gone, missing);
            if (meant.Count == 0)
                throw new UsageException(
                    $"--gone {gone}: of the databases that rotations were made for, the map leaves out none of that name, and none left "
                        + "failures in a table that is called so"
                );
            if (meant.Count > 1)
                throw new UsageException(
                    $"--gone {gone}: rotations were made for {meant.Count} databases of that name that the map leaves out. Say which "
                        + $"exists no more: {string.Join(" or ", meant.Select(one => $"--gone {RotatedPlaces.Named(one)}"))}"
                );
        }
    }
}
