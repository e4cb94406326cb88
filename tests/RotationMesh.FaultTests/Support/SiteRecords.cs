using RotationMesh.TestKit;

namespace RotationMesh.FaultTests.Support;

/// <summary>What the database of a site says of its rows and of a rotation.</summary>
internal sealed class SiteRecords(TestDatabase database)
{
    /// <summary>The rotation that is asked about.</summary>
    public Guid Rotation { get; set; }

    public Task<long> CountAsync(string where = "") =>
        database.ScalarAsync<long>(
            $"""
            SELECT (SELECT count(*) FROM connectors {where}) + (SELECT count(*) FROM knowledge_entries {where})
                 + (SELECT count(*) FROM knowledge_sources {where})
            """
        );

    public Task<long> TotalAsync(string figure) =>
        database.ScalarAsync<long>(
            $"""
            SELECT sum((t ->> '{figure}')::bigint)::bigint
            FROM rotationmesh.rotations, jsonb_array_elements(summary -> 'Tables') t WHERE correlation_id = '{Rotation}'
            """
        );

    public async Task<string> StateAsync() =>
        await database.ScalarAsync<string>(
            $"SELECT state FROM rotationmesh.rotations WHERE correlation_id = '{Rotation}'"
        ) ?? "";

    public async Task<string> DescribeAsync() =>
        await database.ScalarAsync<string>(
            $"""
            SELECT format('%s, sweep %s: %s; ', state, sweep, reason) || (SELECT string_agg(concat_ws(' ', p.state, count, attempts, expiries), ', ')
              FROM (SELECT state, count(*), max(attempt) AS attempts, max(expiries) AS expiries FROM rotationmesh.partitions GROUP BY state) p)
            FROM rotationmesh.rotations WHERE correlation_id = '{Rotation}'
            """
        ) ?? "";
}
