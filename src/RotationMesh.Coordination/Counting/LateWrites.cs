using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Counting;

/// <summary>
/// Finds whether rows may still be written for a rotation whose partitions are all settled: by a silent worker that may
/// only be frozen, or by a message that is no longer tracked. The rotation is not over until both are ruled out.
/// </summary>
internal sealed class LateWrites(ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>
    /// Returns what must still be waited for in the databases of those sweeps, and forgets the deadlines that have
    /// passed.
    /// </summary>
    public async Task<AwaitedWrites> FindAsync(
        Guid rotationId,
        IEnumerable<SweepSummary> sweeps,
        CancellationToken cancellationToken
    )
    {
        var deadlines = await new WriteDeadlines(control).ListAsync(rotationId, cancellationToken);
        var written = sweeps
            .Where(sweep => sweep.Key.Phase == SweepPhase.Rotate)
            .SelectMany(sweep => sweep.Tables)
            .Select(table => table.Table.Database)
            .Distinct();
        var found = new AwaitedWrites([], [], []);
        foreach (var database in written)
        {
            var deadline = deadlines.SingleOrDefault(one => one.Database == database);
            try
            {
                if (await FindAsync(rotationId, database, deadline, cancellationToken) is { } reason)
                    found.Reasons.Add(reason);
            }
            catch (Exception fault)
                when (fault is NpgsqlException or TimeoutException or IOException or UsageException)
            {
                var reason =
                    $"database {database} {Reasons.DatabaseNotAsked}: {DatabaseFaults.Describe(fault)}";
                (deadline is null ? found.Unasked : found.Unreachable).Add(reason);
            }
        }

        return found;
    }

    private async Task<string?> FindAsync(
        Guid rotationId,
        string database,
        WriteDeadline? deadline,
        CancellationToken cancellationToken
    )
    {
        // A database that the map no longer names can't be queried, and no worker with this map writes there.
        var known = databases.Has(database);
        if (deadline is not null)
        {
            var now = known
                ? await DatabaseClocks.AskAsync(databases, database, cancellationToken)
                : await control.NowAsync(cancellationToken);
            if (now < deadline.Until)
                return $"waits {deadline}";
        }

        if (
            known
            && await new WriteLock(databases).FindHoldersAsync(rotationId, database, cancellationToken)
                is { } holders
        )
            return $"{Reasons.WriteUnderWay} {database}: {holders}";
        if (deadline is not null)
            await new WriteDeadlines(control).ForgetAsync(
                rotationId,
                database,
                deadline.Until,
                cancellationToken
            );
        return null;
    }
}

/// <summary>What a rotation waits for before it is over.</summary>
/// <param name="Reasons">Writes that may still come, or are under way.</param>
/// <param name="Unreachable">Databases that do not answer, and where such writes have a deadline.</param>
/// <param name="Unasked">Databases that do not answer, and where every worker has reported its end.</param>
internal sealed record AwaitedWrites(List<string> Reasons, List<string> Unreachable, List<string> Unasked)
{
    /// <summary>Why the end can't be judged now; null where it can.</summary>
    public string? Awaited => Join(Reasons);

    /// <summary>What a census can't vouch for; null where it can for all.</summary>
    public string? Unknown => Join([.. Unreachable, .. Unasked]);

    /// <summary>Everything that keeps a cancelled rotation from its end; its rows are no longer counted.</summary>
    public string? OfCancelled => Join([.. Reasons, .. Unreachable]);

    /// <summary>Everything that keeps any other rotation from its end.</summary>
    public string? All => Join([.. Reasons, .. Unreachable, .. Unasked]);

    private static string? Join(List<string> reasons) =>
        reasons.Count == 0 ? null : string.Join("; ", reasons);
}
