using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control.Ledger;

/// <summary>
/// Takes pending partitions for the workers. Any number of coordinators may take at once and never get the same
/// partition; each may then fill the window by itself, so it is exceeded by at most what the others take meanwhile.
/// </summary>
public sealed class PartitionDispatch(NpgsqlDataSource source, LedgerRules rules, TimeProvider time)
{
    // Each count reads no more than the window or one take of a partial index, however long the ledger is. A lease that
    // has run out does not count: its worker is gone.
    private const string FindDue = """
        SELECT t.sweep_table_id, t.rotation_id, t.database_name AS database, t.priority,
               held.partitions AS dispatched, due.partitions AS due
        FROM rotationmesh.sweep_tables t
        LEFT JOIN unnest(@markedTables, @markedTimes, @markedIds)
            AS mark (sweep_table_id, not_before, partition_id) USING (sweep_table_id)
        CROSS JOIN LATERAL (
            SELECT count(*) AS partitions FROM rotationmesh.partitions p
            WHERE p.sweep_table_id = t.sweep_table_id AND p.state = 'dispatched' AND p.lease_until > now()
        ) held
        CROSS JOIN LATERAL (
            SELECT count(*) AS partitions FROM (
                SELECT FROM rotationmesh.partitions p
                WHERE p.sweep_table_id = t.sweep_table_id AND p.state = 'pending' AND p.not_before <= now()
                  AND (p.not_before, p.partition_id)
                      > (coalesce(mark.not_before, '-infinity'), coalesce(mark.partition_id, 0))
                ORDER BY p.not_before, p.partition_id
                LIMIT @limit
            ) first
        ) due
        WHERE t.rotation_id = ANY (@rotations) AND t.done + t.failed < t.partitions
        """;

    // The ids go through an array so that the update looks them up by primary key: of a join with a LIMIT that it
    // can't see the planner expects a tenth of the table and would read all of it.
    private const string Take = """
        WITH taken AS MATERIALIZED (
            SELECT next.partition_id
            FROM unnest(@tables, @shares) AS s (sweep_table_id, partitions)
            LEFT JOIN unnest(@markedTables, @markedTimes, @markedIds)
                AS mark (sweep_table_id, not_before, partition_id) USING (sweep_table_id)
            CROSS JOIN LATERAL (
                SELECT p.partition_id FROM rotationmesh.partitions p
                WHERE p.sweep_table_id = s.sweep_table_id AND p.state = 'pending' AND p.not_before <= now()
                  AND (p.not_before, p.partition_id)
                      > (coalesce(mark.not_before, '-infinity'), coalesce(mark.partition_id, 0))
                ORDER BY p.not_before, p.partition_id
                LIMIT s.partitions
                FOR UPDATE SKIP LOCKED
            ) next
        )
        UPDATE rotationmesh.partitions p
        SET state = 'dispatched', attempt = p.attempt + 1, lease_until = now() + @lease, worker = NULL
        FROM rotationmesh.sweep_tables t
        WHERE p.partition_id = ANY (ARRAY (SELECT partition_id FROM taken)) AND t.sweep_table_id = p.sweep_table_id
        RETURNING p.partition_id, p.sweep_table_id, t.rotation_id, t.sweep, t.phase, t.scope, t.database_name,
                  t.table_name, p.attempt, p.not_before, p.expected_rows, p.range::text AS range
        """;

    private readonly ResumeMarks marks = new(time);

    /// <summary>
    /// Takes what the window has room for of those rotations, fairly across their databases, hands it to
    /// <paramref name="publish"/> and marks it dispatched. Where publishing throws, nothing is marked; where the
    /// program ends after it, the partitions are sent again later. Both are harmless: the worker leaves rows alone that
    /// are done. Nothing is published where nothing is due.
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
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var queue = new Queue(connection, marks.Current(), cancellationToken);
        var shares = FairShares.Divide(await queue.FindDueAsync(rotations, window.PerTake), window);
        if (shares.Count == 0)
            return [];
        var rows = await queue.TakeAsync(shares, rules.Lease);
        if (rows.Count == 0)
            return [];
        TakenPartition[] taken = [.. rows.Select(row => row.ToPartition())];
        await publish(taken);
        // Published is published: a stop requested meanwhile must not send all of it a second time.
        await transaction.CommitAsync(CancellationToken.None);
        marks.Advance(rows.Select(row => row.Mark));
        return taken;
    }

    /// <summary>The queues of all tables, each from its mark on.</summary>
    private sealed class Queue(
        NpgsqlConnection connection,
        IReadOnlyList<ResumeMark> marks,
        CancellationToken cancellationToken
    )
    {
        private readonly long[] markedTables = [.. marks.Select(mark => mark.SweepTableId)];
        private readonly DateTime[] markedTimes = [.. marks.Select(mark => mark.NotBefore)];
        private readonly long[] markedIds = [.. marks.Select(mark => mark.PartitionId)];

        public async Task<IReadOnlyList<DueTable>> FindDueAsync(
            IReadOnlyCollection<Guid> rotations,
            int limit
        )
        {
            var values = new
            {
                rotations = rotations.ToArray(),
                limit,
                markedTables,
                markedTimes,
                markedIds,
            };
            var due = await connection.QueryAsync<DueTable>(
                new CommandDefinition(FindDue, values, cancellationToken: cancellationToken)
            );
            return due.AsList();
        }

        public async Task<IReadOnlyList<TakenRow>> TakeAsync(
            IReadOnlyDictionary<long, int> shares,
            TimeSpan lease
        )
        {
            var values = new
            {
                tables = shares.Keys.ToArray(),
                shares = shares.Values.ToArray(),
                lease,
                markedTables,
                markedTimes,
                markedIds,
            };
            var taken = await connection.QueryAsync<TakenRow>(
                new CommandDefinition(Take, values, cancellationToken: cancellationToken)
            );
            return taken.AsList();
        }
    }

    private sealed record TakenRow
    {
        public long PartitionId { get; init; }
        public long SweepTableId { get; init; }
        public Guid RotationId { get; init; }
        public int Sweep { get; init; }
        public string Phase { get; init; } = "";
        public string Scope { get; init; } = "";
        public string DatabaseName { get; init; } = "";
        public string TableName { get; init; } = "";
        public int Attempt { get; init; }
        public DateTime NotBefore { get; init; }
        public long ExpectedRows { get; init; }
        public string Range { get; init; } = "";

        public ResumeMark Mark => new(SweepTableId, NotBefore, PartitionId);

        public TakenPartition ToPartition() =>
            new(
                PartitionId,
                new SweepKey(RotationId, Sweep, PhaseText.Read(Phase)),
                Attempt,
                StoredRange.Read(Range, new PlannedTable(Scope, DatabaseName, TableName), ExpectedRows)
            );
    }
}
