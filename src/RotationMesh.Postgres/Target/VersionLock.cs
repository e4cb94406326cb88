using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// The trace, in a database itself, that rows of it may be brought to a key version: an advisory lock that is held shared by
/// each write, by each worker at a partition, and by the coordinators as long as the rotation lasts. Whoever retires the
/// version takes it alone: another control database may not know of the rotation.
/// </summary>
public static class VersionLock
{
    /// <summary>First half of the lock's key, the second is the version; any number that nobody else uses.</summary>
    internal const int Class = 0x526F744D;

    // A lock of two halves.
    private static readonly string Find = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT l.objid::pg_catalog.int8, l.pid, coalesce(a.application_name, ''),
               l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
        FROM pg_catalog.pg_locks l
        JOIN pg_catalog.pg_database d
          ON d.oid OPERATOR(pg_catalog.=) l.database AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
        WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 2
          AND l.classid OPERATOR(pg_catalog.=) {(uint)Class}::pg_catalog.oid
        ORDER BY 1, 2
        """
    );

    private static readonly string TakeAlone = string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT pg_catalog.pg_try_advisory_xact_lock({Class}, $1)"
    );

    /// <summary>Takes the lock of the version in the parameter, shared, until the transaction ends; false where somebody has it alone.</summary>
    internal static string SharedByTransaction(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pg_catalog.pg_try_advisory_xact_lock_shared({Class}, ${versionParameter})"
        );

    /// <summary>The same until the session ends, or gives it back.</summary>
    internal static string SharedBySession(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pg_catalog.pg_try_advisory_lock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Gives back what <see cref="SharedBySession"/> took.</summary>
    internal static string GiveBack(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT pg_catalog.pg_advisory_unlock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Who holds the locks of versions in the connection's database, shared or alone.</summary>
    public static async Task<IReadOnlyList<VersionHolder>> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var find = new NpgsqlCommand(Find, connection);
        var holders = new List<VersionHolder>();
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            holders.Add(
                new VersionHolder(
                    reader.GetInt64(0),
                    reader.GetInt32(1),
                    reader.GetString(2),
                    reader.GetBoolean(3)
                )
            );
        return holders;
    }

    /// <summary>Takes it alone until the connection's transaction ends; false where somebody has it.</summary>
    internal static async Task<bool> TryTakeAloneAsync(
        NpgsqlConnection connection,
        int version,
        CancellationToken cancellationToken
    )
    {
        await using var take = new NpgsqlCommand(TakeAlone, connection);
        take.Parameters.Add(Parameter(version));
        return (bool)(await take.ExecuteScalarAsync(cancellationToken))!;
    }

    internal static NpgsqlParameter<int> Parameter(int version) =>
        new() { TypedValue = version, NpgsqlDbType = NpgsqlDbType.Integer };
}

/// <summary>A session that holds the lock of a version; alone, where it retires it.</summary>
public sealed record VersionHolder(long Version, int Session, string Application, bool IsAlone)
{
    /// <summary>The session, for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"session {Session}{(Application.Length == 0 ? "" : $" ({Application})")}"
        );
}
