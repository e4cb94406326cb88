using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Retiring.Reach;
using RotationMesh.Operations;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>Checks an order to retire a version. All methods throw <see cref="UsageException"/>.</summary>
internal static class RetirementOrders
{
    private const string Places =
        "A place is DATABASE.SCHEMA, DATABASE.SCHEMA.TABLE or DATABASE.SCHEMA.TABLE.COLUMN, as messages show it, with the map's "
        + "name of the database";

    /// <summary>
    /// Checks what can be checked before rows are looked at. After an undo, a version above the current one was met
    /// by rotations, and can be retired like an earlier one.
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
        foreach (var skipped in order.SkippedScans)
        {
            if (string.IsNullOrWhiteSpace(skipped.Place))
                throw new UsageException($"--skip-scan-of: {Places}");
            if (string.IsNullOrWhiteSpace(skipped.Reason))
                throw new UsageException(
                    $"the reason for which {skipped.Place} is not scanned is empty: say why, it is recorded"
                );
        }

        async Task<bool> IsMetAsync() =>
            (await new MetKeyStore(control).ListAsync(cancellationToken)).Any(key =>
                key.Version == order.Version
            );
    }

    /// <summary>
    /// Throws for a place that names nothing: it was mistyped, so what the operator meant by it was scanned.
    /// </summary>
    public static void EnsureMet(IEnumerable<string> unmet)
    {
        if (unmet.FirstOrDefault() is { } place)
            throw new UsageException(
                $"--skip-scan-of {place}: no schema, table or column that the scan looks at has that name. {Places}"
            );
    }

    /// <summary>
    /// Throws for a place that is left out where there is no scan, and it is no table that nobody counts and stands for no
    /// external values. Throws for a name
    /// that an operator declared gone where it is a table of failures that still exists, where it
    /// is neither such a table nor a database that the map leaves out (it was mistyped), and where several databases
    /// have it.
    /// </summary>
    public static void EnsureMeant(RetirementOrder order, RetirementCheck check)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(check);
        if (order.SkipScanReason is not null)
            EnsureMet(order.SkippedScans.Select(skipped => skipped.Place).Except(check.MetPlaces));
        check.Failed.EnsureGone();
        var missing = check.Places.Missing;
        foreach (var gone in order.Gone.Where(one => !check.Failed.IsMeant(one)))
        {
            var meant = UnreachedDatabases.Meant(gone, missing);
            if (meant.Count == 0)
                throw new UsageException(
                    $"--gone {gone}: of the databases that rotations were made for, the map leaves out none of that name, and none left "
                        + "failures in a table that is called so"
                );
            if (meant.Count > 1)
                throw new UsageException(
                    $"--gone {gone}: rotations were made for {meant.Count} databases of that name that the map leaves out. Say which "
                        + $"exists no more: {string.Join(" or ", meant.Select(one => $"--gone {UnreachedDatabases.Named(one)}"))}"
                );
        }
    }
}
