using Dapper;
using Npgsql;
using RotationMesh.Control.Ledger;

namespace RotationMesh.Control.Dispatching;

/// <summary>
/// Takes pending partitions for the workers. Any number of coordinators may take at once and never get the same
/// partition; each may then fill the window by itself, so it is exceeded by at most what the others take meanwhile.
/// </summary>
/// <param name="source">The control database.</param>
/// <param name="rules">How long partitions are with a worker.</param>
/// <param name="time">For what this coordinator remembers.</param>
/// <param name="clocks">
/// What the clocks of those databases say, as far as it is known; of the others the control database's own is taken. It
/// decides how much time a worker gets, and nothing else: whoever writes, and whoever waits for it, asks the database.
/// </param>
/// <param name="mayWrite">Whether partitions of that rotation and database may be sent now; null: all may.</param>
public sealed class PartitionDispatch(
    NpgsqlDataSource source,
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
    // Some of it may be with workers all the same, so its deadline is kept.
    private const string GiveBack = """
        UPDATE rotationmesh.partitions p
        SET state = 'pending', lease_until = NULL, not_before = pg_catalog.now(),
            left_until = greatest(p.left_until, p.write_until), write_until = NULL
        FROM unnest(@ids, @attempts) AS a (partition_id, attempt)
        WHERE p.partition_id = a.partition_id AND p.attempt = a.attempt AND p.state = 'dispatched'
        """;

    private readonly ResumeMarks marks = new(time);

    /// <summary>
    /// Takes what the window has room for of those rotations, fairly across their databases, marks it dispatched and hands
    /// it to <paramref name="publish"/>. Where that throws, all of it is pending again; where the program ends before it,
    /// the leases run out. Both are harmless: what had left all the same is an attempt of its own, whose deadline is kept.
    /// Nothing is published where nothing is due, nor of a rotation that has ended or whose target version is retired.
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
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
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
            await using var connection = await source.OpenConnectionAsync();
            await connection.ExecuteAsync(
                GiveBack,
                new
                {
                    ids = taken.Select(partition => partition.PartitionId).ToArray(),
                    attempts = taken.Select(partition => partition.Attempt).ToArray(),
                }
            );
        }
        catch (NpgsqlException)
        {
            // The database is away as well: their leases run out.
        }
    }
}
