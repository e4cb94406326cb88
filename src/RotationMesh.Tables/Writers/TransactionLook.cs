using Dapper;
using Npgsql;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Finds the transactions of a database that may have written anywhere in it, or may yet write what they have read. Until one
/// has written, nobody can tell whether it ever will, so those that have only read are among them.
/// </summary>
internal sealed class TransactionLook(NpgsqlConnection connection)
{
    // Every transaction holds a lock on its virtual id, and once it writes on its transaction id too, which a prepared one keeps.
    // A commit is seen before these locks are gone, so what no lock shows has either committed for all to see, or writes nothing
    // any more. The locks do not name the database: sessions do, and so does pg_prepared_xacts, to every role. Where neither has
    // the transaction, it has changed hands or ended while this query ran, and the next look knows.
    // Left out are those that bring no value anywhere: autovacuum, which has no user, a VACUUM, which stands in no transaction
    // with anything else, its parallel workers, and a walsender as long as it only decodes or copies. A worker shares its
    // leader's lock on the table, which nobody else can hold beside it. A standby has no writers at all.
    private const string Find = """
        WITH locks AS MATERIALIZED (
            SELECT l.transactionid, l.virtualtransaction, l.pid
            FROM pg_catalog.pg_locks l
            WHERE l.granted AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
              AND l.locktype OPERATOR(pg_catalog.=) ANY (ARRAY['virtualxid', 'transactionid'])),
        transactions AS (
            SELECT l.virtualtransaction, pg_catalog.min(l.pid) AS pid,
                   pg_catalog.array_agg(l.transactionid::pg_catalog.text) FILTER (WHERE l.transactionid IS NOT NULL) AS ids
            FROM locks l GROUP BY l.virtualtransaction)
        SELECT t.virtualtransaction AS VirtualTransaction, t.pid AS Pid, t.ids AS Ids, p.gid AS Gid,
               coalesce('subscription ' OPERATOR(pg_catalog.||) s.subname, a.application_name) AS Application,
               coalesce(p.owner, a.usename)::pg_catalog.text AS Role,
               extract(epoch FROM
                   pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) coalesce(p.prepared, a.xact_start))::pg_catalog.float8 AS AgeSeconds
        FROM transactions t
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) t.pid
        LEFT JOIN pg_catalog.pg_stat_subscription s ON s.pid OPERATOR(pg_catalog.=) t.pid
        LEFT JOIN pg_catalog.pg_prepared_xacts p ON t.pid IS NULL AND p.transaction::pg_catalog.text OPERATOR(pg_catalog.=) ANY (t.ids)
        WHERE NOT pg_catalog.pg_is_in_recovery()
          AND (t.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()) IS NOT TRUE
          AND CASE
                WHEN p.gid IS NOT NULL THEN p.database OPERATOR(pg_catalog.=) pg_catalog.current_database()
                WHEN a.pid IS NOT NULL
                THEN a.usesysid IS NOT NULL AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                ELSE true
              END
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum v WHERE v.pid OPERATOR(pg_catalog.=) t.pid)
          AND NOT (t.ids IS NULL AND EXISTS (
              SELECT FROM pg_catalog.pg_stat_progress_vacuum v
              JOIN pg_catalog.pg_locks l ON l.pid OPERATOR(pg_catalog.=) v.pid
              JOIN pg_catalog.pg_locks w ON w.pid OPERATOR(pg_catalog.=) t.pid
              WHERE l.granted AND w.granted
                AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND w.locktype OPERATOR(pg_catalog.=) 'relation'
                AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock' AND w.mode OPERATOR(pg_catalog.=) l.mode
                AND w.database OPERATOR(pg_catalog.=) l.database AND w.relation OPERATOR(pg_catalog.=) l.relation))
          AND NOT (t.ids IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication r WHERE r.pid OPERATOR(pg_catalog.=) t.pid))
        ORDER BY coalesce(p.prepared, a.xact_start), t.virtualtransaction
        """;

    /// <summary>Returns the transactions, the oldest first.</summary>
    public async Task<IReadOnlyList<OpenWriter>> FindAsync(CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<WriterRow>(
            new CommandDefinition(Find, cancellationToken: cancellationToken)
        );
        return [.. rows.Select(row => row.ToWriter())];
    }
}
