using Dapper;
using Npgsql;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Finds the transactions that may have written rows which nobody else sees yet. The locks show all of them: a transaction
/// that writes a row keeps a lock on the row's own table until it ends, also where it writes through a partitioned parent or
/// in a savepoint, is prepared, or is the worker of a subscription.
/// </summary>
internal sealed class WriterLook(NpgsqlConnection connection)
{
    // SHARE is left out: CREATE INDEX takes it, and writes no rows. SHARE UPDATE EXCLUSIVE counts, as ATTACH PARTITION brings
    // rows under it, but not for VACUUM, ANALYZE or CREATE INDEX CONCURRENTLY, which may take hours. The progress views show
    // only the current command, and the transaction may have attached a partition before it. Only ATTACH also locks another
    // table ACCESS EXCLUSIVE: the partition, which this query may not see as one yet. A prepared transaction has no process;
    // its lock on its own transaction id leads to its name.
    private const string Find = """
        WITH RECURSIVE tree AS (
            SELECT pg_catalog.to_regclass(named.name)::pg_catalog.oid AS oid
            FROM pg_catalog.unnest(@tables::pg_catalog.text[]) AS named (name)
            UNION
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid),
        locks AS MATERIALIZED (
            SELECT l.locktype, l.database, l.relation, l.transactionid, l.virtualtransaction, l.pid, l.mode
            FROM pg_catalog.pg_locks l WHERE l.granted AND l.locktype OPERATOR(pg_catalog.=) ANY (ARRAY['relation', 'transactionid'])),
        upkeep AS (
            SELECT pid FROM pg_catalog.pg_stat_progress_vacuum
            UNION SELECT w.pid
            FROM pg_catalog.pg_stat_progress_vacuum v
            JOIN locks l ON l.pid OPERATOR(pg_catalog.=) v.pid
            JOIN locks w ON w.database OPERATOR(pg_catalog.=) l.database AND w.relation OPERATOR(pg_catalog.=) l.relation
            WHERE l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock' AND w.mode OPERATOR(pg_catalog.=) l.mode
            UNION SELECT pid FROM pg_catalog.pg_stat_progress_analyze
            UNION SELECT pid FROM pg_catalog.pg_stat_progress_create_index
            UNION SELECT pid FROM pg_catalog.pg_stat_activity WHERE backend_type OPERATOR(pg_catalog.=) 'autovacuum worker'),
        writers AS (
            SELECT l.virtualtransaction, pg_catalog.min(l.pid) AS pid,
                   pg_catalog.min(l.relation::pg_catalog.regclass::pg_catalog.text) AS relation,
                   (SELECT pg_catalog.array_agg(x.transactionid::pg_catalog.text) FROM locks x
                    WHERE x.locktype OPERATOR(pg_catalog.=) 'transactionid' AND x.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
                      AND x.virtualtransaction OPERATOR(pg_catalog.=) l.virtualtransaction) AS ids
            FROM locks l
            WHERE l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.relation OPERATOR(pg_catalog.=) ANY (SELECT tree.oid FROM tree)
              AND l.database OPERATOR(pg_catalog.=) (
                  SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
              AND (l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()) IS NOT TRUE
              AND (l.mode OPERATOR(pg_catalog.=) ANY (
                      ARRAY['RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'])
                   OR (l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
                       AND (NOT EXISTS (SELECT FROM upkeep u WHERE u.pid OPERATOR(pg_catalog.=) l.pid)
                            OR EXISTS (
                                SELECT FROM locks x
                                WHERE x.virtualtransaction OPERATOR(pg_catalog.=) l.virtualtransaction
                                  AND x.locktype OPERATOR(pg_catalog.=) 'relation' AND x.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
                                  AND x.database OPERATOR(pg_catalog.=) l.database AND x.relation OPERATOR(pg_catalog.<>) l.relation
                                  AND NOT EXISTS (
                                      SELECT FROM pg_catalog.pg_class c
                                      WHERE c.oid OPERATOR(pg_catalog.=) x.relation
                                        AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['i', 'I', 't']::pg_catalog."char"[]))))))
            GROUP BY l.virtualtransaction)
        SELECT w.virtualtransaction AS VirtualTransaction, w.pid AS Pid, w.relation AS Relation, w.ids AS Ids, p.gid AS Gid,
               coalesce('subscription ' OPERATOR(pg_catalog.||) s.subname, a.application_name) AS Application,
               coalesce(p.owner, a.usename)::pg_catalog.text AS Role,
               extract(epoch FROM
                   pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) coalesce(p.prepared, a.xact_start))::pg_catalog.float8 AS AgeSeconds
        FROM writers w
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) w.pid
        LEFT JOIN pg_catalog.pg_stat_subscription s ON s.pid OPERATOR(pg_catalog.=) w.pid
        LEFT JOIN pg_catalog.pg_prepared_xacts p ON w.pid IS NULL AND p.transaction::pg_catalog.text OPERATOR(pg_catalog.=) ANY (w.ids)
        ORDER BY coalesce(p.prepared, a.xact_start), w.virtualtransaction
        """;

    /// <summary>Returns the transactions, the oldest first.</summary>
    public async Task<IReadOnlyList<OpenWriter>> FindAsync(
        IEnumerable<string> tables,
        CancellationToken cancellationToken
    )
    {
        var rows = await connection.QueryAsync<WriterRow>(
            new CommandDefinition(
                Find,
                new { tables = tables.ToArray() },
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => row.ToWriter())];
    }
}
