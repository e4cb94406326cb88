using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Dispatching;

/// <summary>The queues of pending partitions, one for each table, each read from its mark on.</summary>
internal sealed class DispatchQueue(
    NpgsqlConnection connection,
    IReadOnlyList<ResumeMark> marks,
    CancellationToken cancellationToken
)
{
    // Each count reads no more of a partial index than the window or one take, however long the ledger is. An expired lease
    // does not count: its worker is gone.
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

    // The share lock keeps the saga from changing a rotation until its partitions are taken. So this statement sees what was
    // cancelled or retired, and whoever ends a rotation sees what was taken. A rotation that the saga has locked is left for
    // the next take.
    // The ids go through an array so that the update looks them up by primary key. For a join with a LIMIT that it can't see,
    // PostgreSQL's planner expects a tenth of the table and would read all of it.
    private const string Take = """
        WITH open AS MATERIALIZED (
            SELECT r.correlation_id FROM rotationmesh.rotations r
            WHERE r.correlation_id = ANY (@rotations) AND r.state IN ('Planning', 'Rotating', 'Verifying')
              AND NOT EXISTS (SELECT FROM rotationmesh.retired_keys k
                              WHERE k.version = r.target_version OR k.fingerprint = r.target_fingerprint)
              AND NOT EXISTS (SELECT FROM rotationmesh.audit_events e
                              WHERE e.kind = 'KeyRetired' AND (e.details ->> 'version' = r.target_version::text
                                                               OR e.details ->> 'fingerprint' = r.target_fingerprint))
            FOR SHARE OF r SKIP LOCKED
        ), taken AS MATERIALIZED (
            SELECT next.partition_id
            FROM open
            JOIN rotationmesh.sweep_tables t ON t.rotation_id = open.correlation_id
            JOIN unnest(@tables, @shares) AS s (sweep_table_id, partitions) USING (sweep_table_id)
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
        SET state = 'dispatched', attempt = p.attempt + 1, dispatch = @dispatch, lease_until = now() + @lease,
            worker = NULL,
            write_until = CASE WHEN t.phase = 'rotate' THEN
                coalesce(clock.reading, pg_catalog.clock_timestamp())
                    + least(@writeTime * pg_catalog.power(2, least(p.cut_short, 20)), @longestWriteTime)
            END
        FROM rotationmesh.sweep_tables t
        LEFT JOIN unnest(@clockDatabases, @clockTimes) AS clock (database_name, reading) USING (database_name)
        WHERE p.partition_id = ANY (ARRAY (SELECT partition_id FROM taken)) AND t.sweep_table_id = p.sweep_table_id
        RETURNING p.partition_id, p.sweep_table_id, t.rotation_id, t.sweep, t.phase, t.scope, t.database_name,
                  t.table_name, p.attempt, p.dispatch, p.not_before, p.expected_rows, p.range::text AS range,
                  p.write_until, p.cut_short
        """;

    private readonly long[] markedTables = [.. marks.Select(mark => mark.SweepTableId)];
    private readonly DateTime[] markedTimes = [.. marks.Select(mark => mark.NotBefore)];
    private readonly long[] markedIds = [.. marks.Select(mark => mark.PartitionId)];

    public async Task<IReadOnlyList<DueTable>> FindDueAsync(IReadOnlyCollection<Guid> rotations, int limit)
    {
        var values = new
        {
            rotations = rotations.ToArray(),
            limit,
            markedTables,
            markedTimes,
            markedIds,
        };
        return await connection.QueryAsync<DueTable>(FindDue, values, cancellationToken);
    }

    public async Task<IReadOnlyList<TakenRow>> TakeAsync(
        IReadOnlyCollection<Guid> rotations,
        IReadOnlyDictionary<long, int> shares,
        LedgerRules rules,
        IReadOnlyDictionary<string, DateTime> clocks
    )
    {
        var values = new
        {
            rotations = rotations.ToArray(),
            tables = shares.Keys.ToArray(),
            shares = shares.Values.ToArray(),
            dispatch = Guid.NewGuid(),
            lease = rules.Lease,
            writeTime = rules.WriteTime,
            longestWriteTime = rules.LongestWriteTime,
            clockDatabases = clocks.Keys.ToArray(),
            clockTimes = clocks.Values.ToArray(),
            markedTables,
            markedTimes,
            markedIds,
        };
        // can't be cancelled: what is marked must be published
        return await connection.QueryAsync<TakenRow>(Take, values, CancellationToken.None);
    }
}

/// <summary>A partition as it was taken.</summary>
internal sealed record TakenRow
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
    public Guid Dispatch { get; init; }
    public DateTime NotBefore { get; init; }
    public long ExpectedRows { get; init; }
    public string Range { get; init; } = "";
    public DateTime? WriteUntil { get; init; }
    public int CutShort { get; init; }

    public ResumeMark Mark => new(SweepTableId, NotBefore, PartitionId);

    public TakenPartition ToPartition() =>
        new(
            new AttemptKey(PartitionId, Attempt, Dispatch),
            new SweepKey(RotationId, Sweep, PhaseText.Read(Phase)),
            StoredRange.Read(Range, new TableName(Scope, DatabaseName, TableName), ExpectedRows),
            WriteUntil,
            CutShort
        );
}
