using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// Shows on a database's server that rows of the database may be brought to a key version. So a retirement sees rotations of
/// other control databases. There are two kinds, both advisory locks, which the server shows to every role.
/// <list type="bullet">
/// <item>A worker at a partition holds a lock with two keys of 32 bits, in the database itself.</item>
/// <item>A coordinator, as long as its rotation lasts, and a retirement hold a mark: a lock with one key of 64 bits, which
/// names database and version. It is taken in any database of the server, so one session holds the marks of all.</item>
/// </list>
/// Locks that are taken in different databases do not exclude each other. So each side first takes its own and then looks for
/// the other's: at least one of them sees the other.
/// </summary>
public static class VersionLock
{
    /// <summary>First key of a worker's lock; the version is the second. Any number that nobody else uses will do.</summary>
    internal const int Class = 0x526F744D;

    /// <summary>The first 16 bits of a mark. Any number that nobody else uses will do.</summary>
    private const int MarkClass = 0x526F;

    /// <summary>Longest wait for the list of locks, in seconds; as a rule it takes some milliseconds.</summary>
    private const int TimeoutSeconds = 15;

    /// <summary>Mask of the bits of a version for which a mark has room.</summary>
    internal const int VersionBits = 0xFFFF;

    // By oid: one session looks at all databases of its server.
    private static readonly string Find = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT place, version, pid, application, alone FROM (
            SELECT CASE WHEN l.objsubid OPERATOR(pg_catalog.=) 2 THEN l.database::pg_catalog.int8 ELSE l.objid::pg_catalog.int8 END AS place,
                   CASE WHEN l.objsubid OPERATOR(pg_catalog.=) 2 THEN l.objid::pg_catalog.int8
                        ELSE l.classid::pg_catalog.int8 OPERATOR(pg_catalog.&) {VersionBits}::pg_catalog.int8 END AS version,
                   l.pid, coalesce(a.application_name, '') AS application, l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock' AS alone
            FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
            WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted
              AND CASE WHEN l.objsubid OPERATOR(pg_catalog.=) 2 THEN l.classid OPERATOR(pg_catalog.=) {(uint)Class}::pg_catalog.oid
                       ELSE {MarkClassOf("l")} END
        ) AS held
        WHERE place OPERATOR(pg_catalog.=) ANY ($1)
        ORDER BY place, version, pid
        """
    );

    private static readonly string IsShut = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT EXISTS (
            SELECT FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_database d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
            WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted AND l.objsubid OPERATOR(pg_catalog.=) 1
              AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock' AND l.objid OPERATOR(pg_catalog.=) d.oid
              AND {MarkClassOf("l")}
              AND l.classid::pg_catalog.int8 OPERATOR(pg_catalog.&) {VersionBits}::pg_catalog.int8
                    OPERATOR(pg_catalog.=) ($1 OPERATOR(pg_catalog.&) {VersionBits})
        )
        """
    );

    /// <summary>
    /// Returns the expression that takes a worker's lock of the version in the parameter, shared, until the session gives it
    /// back. Its value is false where somebody holds the lock exclusively.
    /// </summary>
    internal static string TakeForWork(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pg_catalog.pg_try_advisory_lock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Returns the statement that gives back the lock of <see cref="TakeForWork"/>.</summary>
    internal static string GiveBack(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT pg_catalog.pg_advisory_unlock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Returns the command that tells whether somebody retires the version in the connection's database.</summary>
    internal static NpgsqlBatchCommand Look(int version)
    {
        var look = new NpgsqlBatchCommand(IsShut);
        look.Parameters.Add(Parameter(version));
        return look;
    }

    /// <summary>Returns the mark of a version in the database of that oid.</summary>
    internal static long MarkOf(uint database, int version) =>
        ((long)MarkClass << 48) | ((long)(version & VersionBits) << 32) | database;

    /// <summary>Finds who holds versions in the connection's database, shared or exclusively.</summary>
    public static async Task<IReadOnlyList<VersionHolder>> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var here = await DatabaseInstance.ReadAsync(connection, cancellationToken);
        return [.. (await FindAsync(connection, [here.Oid], cancellationToken))[here.Oid]];
    }

    /// <summary>Finds who holds versions in databases of the connection's server, by the databases' oids.</summary>
    internal static async Task<ILookup<uint, VersionHolder>> FindAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<uint> databases,
        CancellationToken cancellationToken
    )
    {
        await using var find = new NpgsqlCommand(Find, connection) { CommandTimeout = TimeoutSeconds };
        find.Parameters.Add(
            new NpgsqlParameter<long[]> { TypedValue = [.. databases.Select(oid => (long)oid)] }
        );
        var holders = new List<(uint Place, VersionHolder Holder)>();
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            holders.Add(
                (
                    checked((uint)reader.GetInt64(0)),
                    new VersionHolder(
                        reader.GetInt64(1),
                        reader.GetInt32(2),
                        reader.GetString(3),
                        reader.GetBoolean(4)
                    )
                )
            );
        return holders.ToLookup(one => one.Place, one => one.Holder);
    }

    internal static NpgsqlParameter<int> Parameter(int version) =>
        new() { TypedValue = version, NpgsqlDbType = NpgsqlDbType.Integer };

    private static string MarkClassOf(string locks) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"({locks}.classid::pg_catalog.int8 OPERATOR(pg_catalog.>>) 16) OPERATOR(pg_catalog.=) {MarkClass}"
        );
}
