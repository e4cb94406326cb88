using Npgsql;
using RotationMesh.Control.Ledger;

namespace RotationMesh.Control.Dispatching;

/// <summary>
/// Takes pending partitions for the workers. Any number of coordinators may take at once, and no two get the same
/// partition. Each may fill the window by itself, so the window is exceeded by at most what the others take meanwhile.
/// </summary>
/// <param name="control">The control database.</param>
/// <param name="rules">The times that a worker has for a partition.</param>
/// <param name="time">The clock that limits how long this coordinator's marks hold.</param>
/// <param name="clocks">
/// Reads the clocks of databases, as far as they are known; for the others the control database's clock is taken. They only
/// decide how much time a worker gets: whoever writes, and whoever waits for a writer, asks the database itself.
/// </param>
/// <param name="mayWrite">Whether partitions of that rotation and database may be sent now; null: all may.</param>
public sealed class PartitionDispatch(
    ControlDatabase control,
    LedgerRules rules,
    TimeProvider time,
    Func<
        IReadOnlyCollection<string>,
        CancellationToken,
        Task<IReadOnlyDictionary<string, DateTime>>
    >? clocks = null,
    Func<Guid, string, bool>? mayWrite = null
)
{
    // A worker may have received some of them all the same, so the deadline is kept.
    private const string GiveBack = """
        UPDATE rotationmesh.partitions p
        SET state = 'pending', lease_until = NULL, not_before = pg_catalog.now(),
            left_until = greatest(p.left_until, p.write_until), write_until = NULL
        FROM unnest(@ids, @dispatches) AS a (partition_id, dispatch)
        WHERE p.partition_id = a.partition_id AND p.dispatch = a.dispatch AND p.state = 'dispatched'
        """;

    private readonly ResumeMarks marks = new(time);

    /// <summary>
    /// Takes as many partitions of the rotations as the window has room for, fairly across their databases, marks them
    /// dispatched and hands them to <paramref name="publish"/>. Where that throws, all are pending again; where the program
    /// ends before it, their leases expire. Both are harmless: a message that left all the same belongs to an attempt of its
    /// own, whose deadline is kept. Nothing is taken of a rotation that has ended or whose target version is retired, and
    /// <paramref name="publish"/> is not called where nothing is taken.
    /// </summary>
    public async Task<IReadOnlyList<TakenPartition>> TakeAsync(
        IReadOnlyCollection<Guid> rotations,
        DispatchWindow window,
        Func<IReadOnlyList<TakenPartition>, Task> publish,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rotations);
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(publish);
        var rows = await MarkAsync(rotations, window, cancellationToken);
        if (rows.Count == 0)
            return [];
        TakenPartition[] taken = [.. rows.Select(row => row.ToPartition())];
        try
        {
            await publish(taken);
        }
        catch
        {
            await GiveBackAsync(taken);
            throw;
        }

        marks.Advance(rows.Select(row => row.Mark));
        return taken;
    }

    private async Task<IReadOnlyList<TakenRow>> MarkAsync(
        IReadOnlyCollection<Guid> rotations,
        DispatchWindow window,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        var queue = new DispatchQueue(connection, marks.Current(), cancellationToken);
        var due = (await queue.FindDueAsync(rotations, window.PerTake))
            .Where(table => mayWrite?.Invoke(table.RotationId, table.Database) != false)
            .ToList();
        var shares = FairShares.Divide(due, window);
        if (shares.Count == 0)
            return [];
        var databases = due.Where(table => shares.ContainsKey(table.SweepTableId))
            .Select(table => table.Database)
            .Distinct()
            .ToList();
        var times = clocks is null
            ? new Dictionary<string, DateTime>()
            : await clocks(databases, cancellationToken);
        return await queue.TakeAsync(rotations, shares, rules, times);
    }

    private async Task GiveBackAsync(IReadOnlyList<TakenPartition> taken)
    {
        try
        {
            await control.ExecuteAsync(
                GiveBack,
                new
                {
                    ids = taken.Select(partition => partition.PartitionId).ToArray(),
                    dispatches = taken.Select(partition => partition.Key.Dispatch).ToArray(),
                },
                CancellationToken.None
            );
        }
        catch (NpgsqlException)
        {
            // The database is away as well: their leases run out.
        }
    }
}
