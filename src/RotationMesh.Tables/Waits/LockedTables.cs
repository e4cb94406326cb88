using Dapper;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Waits;

namespace RotationMesh.Tables.Waits;

/// <summary>
/// Finds the sessions that keep tables from being read or written: each holds a lock on one that excludes that, or waits for
/// it and so blocks everyone who comes later.
/// </summary>
internal sealed class LockedTables(ApplicationDatabases databases)
{
    // Table 13.2 of PostgreSQL's manual: what conflicts with ACCESS SHARE, and with ROW EXCLUSIVE.
    private static readonly string[] AgainstReaders = ["AccessExclusiveLock"];
    private static readonly string[] AgainstWriters =
    [
        "ShareLock",
        "ShareRowExclusiveLock",
        "ExclusiveLock",
        .. AgainstReaders,
    ];

    /// <summary>Whether the tables are to be written, which more locks exclude.</summary>
    public bool ForWriting { get; init; }

    /// <summary>Longest wait for an answer in <see cref="MayBeLockedAsync"/>.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    /// <summary>Most tables that are named.</summary>
    private const int Named = 3;

    private const string Find = """
        WITH RECURSIVE tree AS (
            SELECT c.oid
            FROM ROWS FROM (pg_catalog.unnest(@schemas), pg_catalog.unnest(@names)) AS e (schema, name)
            JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) e.name
            JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
            WHERE CASE WHEN e.schema IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
                       ELSE n.nspname OPERATOR(pg_catalog.=) e.schema END
            UNION
            SELECT i.inhrelid
            FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent OPERATOR(pg_catalog.=) tree.oid)
        SELECT l.relation::pg_catalog.regclass::pg_catalog.text AS Table, l.granted AS Granted, l.pid AS Pid,
               a.application_name AS Application, a.usename::pg_catalog.text AS Role, h.pid AS HolderPid,
               h.application_name AS HolderApplication, h.usename::pg_catalog.text AS HolderRole
        FROM pg_catalog.pg_locks l
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        LEFT JOIN pg_catalog.pg_stat_activity h
          ON NOT l.granted AND h.pid OPERATOR(pg_catalog.=) (pg_catalog.pg_blocking_pids(l.pid))[1]
        WHERE l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.mode OPERATOR(pg_catalog.=) ANY (@modes)
          AND l.relation OPERATOR(pg_catalog.=) ANY (SELECT tree.oid FROM tree)
          AND l.database OPERATOR(pg_catalog.=) (
              SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
        ORDER BY l.granted DESC, 1, l.pid
        """;

    /// <summary>
    /// Runs <paramref name="read"/>, which reads or writes tables of one database, and returns its result. Throws
    /// <see cref="TableLockedException"/>, which names table and holder, where it waited too long for a locked table.
    /// </summary>
    public async Task<T> OrExplainAsync<T>(
        IReadOnlyCollection<TableEntry> tables,
        Func<Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await read();
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            var database = tables.First().Database;
            var found = await FindAsync(database, tables, cancellationToken);
            throw new TableLockedException(
                $"a table of database {database} could not be {(ForWriting ? "read or written" : "read")}: "
                    + (found ?? $"{Reasons.LockGone}: try again"),
                fault
            );
        }
    }

    /// <summary>Says which of the tables are locked now, by whom, and what ends that; null where none is.</summary>
    public async Task<string?> FindAsync(
        string database,
        IReadOnlyCollection<TableEntry> tables,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        var locks = (
            await connection.QueryAsync<Lock>(
                new CommandDefinition(
                    Find,
                    new
                    {
                        schemas = tables.Select(entry => entry.Table.Schema?.Name).ToArray(),
                        names = tables.Select(entry => entry.Table.Name.Name).ToArray(),
                        modes = ForWriting ? AgainstWriters : AgainstReaders,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).DistinctBy(held => held.Table).Take(Named);
        return string.Join("; ", locks) is { Length: > 0 } told ? told : null;
    }

    /// <summary>
    /// Returns whether somebody has the table locked, or its database does not answer. A read that ended without a row then
    /// waited, and did not spend its time reading.
    /// </summary>
    public async Task<bool> MayBeLockedAsync(TableEntry table)
    {
        using var timeout = new CancellationTokenSource(Answer);
        try
        {
            return await FindAsync(table.Database, [table], timeout.Token) is not null;
        }
        catch (Exception fault)
            when (fault is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return true;
        }
    }

    private sealed record Lock
    {
        public string Table { get; init; } = "";
        public bool Granted { get; init; }
        public int? Pid { get; init; }
        public string? Application { get; init; }
        public string? Role { get; init; }
        public int? HolderPid { get; init; }
        public string? HolderApplication { get; init; }
        public string? HolderRole { get; init; }

        public override string ToString()
        {
            var who = new SessionName(Pid, Application, Role);
            if (Granted)
                return $"table {Table} {Reasons.TableLocked} {who}: let it end its transaction{who.Ending}";
            var holder = new SessionName(HolderPid, HolderApplication, HolderRole);
            return $"table {Table} is wanted by {who}, which waits for {holder} {Reasons.TableWanted}: let that end its "
                + $"transaction{holder.Ending}";
        }
    }
}
