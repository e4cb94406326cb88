using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// The traces, on a database's server, that rows of the database may be brought to a key version, by which whoever retires it
/// sees rotations of other control databases. Both are advisory locks, and the server shows all of them to every role.
/// <list type="bullet">
/// <item>A worker at a partition holds a lock of two halves, in the database itself.</item>
/// <item>A coordinator, as long as its rotation lasts, and whoever retires the version hold a mark: a lock of 64 bits that
/// names database and version, in any database of the server. So one session has those of all databases.</item>
/// </list>
/// Locks of two databases exclude nobody: each side shows its own first, and then looks for the other's. One at least sees
/// the other.
/// </summary>
public static class VersionLock
{
    /// <summary>First half of a worker's lock, the second is the version; any number that nobody else uses.</summary>
    internal const int Class = 0x526F744D;

    /// <summary>The first 16 bits of a mark; any number that nobody else uses.</summary>
    private const int MarkClass = 0x526F;

    /// <summary>Longest wait for the list of locks, which takes some milliseconds.</summary>
    private const int PatienceSeconds = 15;

    /// <summary>The bits of a version that its mark has room for.</summary>
    internal const int VersionBits = 0xFFFF;

    // By oid: the same session may look at other databases of its server.
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

    /// <summary>Takes a worker's lock of the version in the parameter until the session gives it back; false where somebody has it alone.</summary>
    internal static string TakeForWork(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"pg_catalog.pg_try_advisory_lock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Gives back what <see cref="TakeForWork"/> took.</summary>
    internal static string GiveBack(int versionParameter) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT pg_catalog.pg_advisory_unlock_shared({Class}, ${versionParameter})"
        );

    /// <summary>Whether somebody retires the version of the only parameter in the connection's database.</summary>
    internal static NpgsqlBatchCommand Look(int version)
    {
        var look = new NpgsqlBatchCommand(IsShut);
        look.Parameters.Add(Parameter(version));
        return look;
    }

    /// <summary>The mark of a version in the database of that oid.</summary>
    internal static long MarkOf(uint database, int version) =>
        ((long)MarkClass << 48) | ((long)(version & VersionBits) << 32) | database;

    /// <summary>Who holds versions in the connection's database, shared or alone.</summary>
    public static async Task<IReadOnlyList<VersionHolder>> FindAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var here = await DatabaseInstance.ReadAsync(connection, cancellationToken);
        return [.. (await FindAsync(connection, [here.Oid], cancellationToken))[here.Oid]];
    }

    /// <summary>The same of databases of the connection's server, by their oids.</summary>
    internal static async Task<ILookup<uint, VersionHolder>> FindAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<uint> databases,
        CancellationToken cancellationToken
    )
    {
        await using var find = new NpgsqlCommand(Find, connection) { CommandTimeout = PatienceSeconds };
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
