using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Tables;

/// <summary>
/// The lock that every write of a rotation holds in its database until it is committed. Whoever gets it alone after the last
/// write deadline knows that no write of that rotation is under way there.
/// </summary>
public sealed class WriteLock(ApplicationDatabases databases)
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Outside a transaction block the lock is released when the statement ends.
    private const string Take = "SELECT pg_catalog.pg_try_advisory_xact_lock($1)";

    // pg_locks shows a key of 64 bits in two halves.
    private const string Find = """
        SELECT l.pid, coalesce(a.application_name, ''),
               coalesce(extract(epoch FROM pg_catalog.age(pg_catalog.clock_timestamp(), a.xact_start)), 0)::pg_catalog.int8
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_database d
          ON d.oid OPERATOR(pg_catalog.=) l.database AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 1
          AND l.classid OPERATOR(pg_catalog.=) $1 AND l.objid OPERATOR(pg_catalog.=) $2
        ORDER BY a.xact_start, l.pid LIMIT 5
        """;

    /// <summary>
    /// Returns the sessions that write for the rotation in that database; null where there are none. Throws
    /// <see cref="NpgsqlException"/> where it can't be reached.
    /// </summary>
    public async Task<string?> FindHoldersAsync(
        Guid rotationId,
        string database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(Pause, cancellationToken);
            await using var take = new NpgsqlCommand(Take, connection);
            take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = WriteTerm.LockOf(rotationId) });
            if ((bool)(await take.ExecuteScalarAsync(cancellationToken))!)
                return null;
        }

        var key = unchecked((ulong)WriteTerm.LockOf(rotationId));
        await using var find = new NpgsqlCommand(Find, connection);
        foreach (var half in new[] { (uint)(key >> 32), (uint)key })
            find.Parameters.Add(
                new NpgsqlParameter<uint> { TypedValue = half, NpgsqlDbType = NpgsqlDbType.Oid }
            );
        var holders = new List<string>();
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            holders.Add(Describe(reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2)));
        return holders.Count == 0 ? "a session that has just gone" : string.Join("; ", holders);
    }

    private static string Describe(int session, string application, long seconds) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"session {session}{(application.Length == 0 ? "" : $" ({application})")}, in its transaction for {seconds} s"
        );
}
