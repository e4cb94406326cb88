using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Settling;

/// <summary>A partition that a result names, locked in the ledger until the end of the transaction.</summary>
internal sealed record HeldPartition
{
    public long PartitionId { get; init; }
    public long SweepTableId { get; init; }
    public Guid RotationId { get; init; }
    public int Attempt { get; init; }
    public Guid Dispatch { get; init; }
    public int Failures { get; init; }
    public int CutShort { get; init; }
    public bool IsRead { get; init; }
    public long? FirstPage { get; init; }
    public long? EndPage { get; init; }
    public bool IsHeld { get; init; }

    /// <summary>Whether a worker has said that it began this attempt.</summary>
    public bool IsBegun { get; init; }

    /// <summary>The attempt that it is with. One that an earlier release began has no dispatch.</summary>
    public AttemptKey Key => new(PartitionId, Attempt, Dispatch);
}

/// <summary>Finds which results count.</summary>
internal static class HeldPartitions
{
    // Locks in the order of the ids: two coordinators that settle the same partitions wait for each other, but never deadlock.
    // Selects by the id alone: a result that is faster than the commit of its dispatch waits here for that commit, where a
    // condition on the state would skip the row.
    private const string Lock = """
        SELECT p.partition_id, p.sweep_table_id, t.rotation_id, p.attempt, p.dispatch, p.failures, p.cut_short,
               (p.range #>> '{pages,from}')::bigint AS first_page, (p.range #>> '{pages,to}')::bigint AS end_page,
               t.phase = 'verify' AS is_read, p.lease_until IS NOT NULL AS is_held,
               p.worker IS NOT NULL AS is_begun
        FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
        WHERE p.partition_id = ANY (@ids)
        ORDER BY p.partition_id
        FOR UPDATE OF p
        """;

    /// <summary>
    /// Locks the partitions of the results and pairs each with the one result that counts: of its current attempt, and where
    /// there are several, one that ends the attempt rather than a heartbeat.
    /// </summary>
    public static async Task<IReadOnlyList<(HeldPartition Held, PartitionResult Result)>> LockAsync(
        NpgsqlConnection connection,
        IReadOnlyList<PartitionResult> results,
        CancellationToken cancellationToken
    )
    {
        var byAttempt = results
            .GroupBy(result => result.Key)
            .ToDictionary(
                same => same.Key,
                same =>
                    same.FirstOrDefault(result => result.Kind != PartitionResultKind.Alive) ?? same.First()
            );
        var held = await connection.QueryAsync<HeldPartition>(
            Lock,
            new { ids = byAttempt.Keys.Select(key => key.PartitionId).Distinct().ToArray() },
            cancellationToken
        );
        return
        [
            .. held.Where(partition => partition.IsHeld && byAttempt.ContainsKey(partition.Key))
                .Select(partition => (partition, byAttempt[partition.Key])),
        ];
    }
}
