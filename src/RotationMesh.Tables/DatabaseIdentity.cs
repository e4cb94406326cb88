using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace RotationMesh.Tables;

/// <summary>
/// Identifies a database, whatever host, role or pooler leads there. A server keeps its system identifier for life, and its
/// physical standbys share it: a promoted standby is the same database. A copy within a server has another oid; a dump that
/// was restored elsewhere has another system identifier. A copy of all the server's files can't be told from the original.
/// </summary>
/// <param name="System">Digest of the server's system identifier; null where the role may not read it.</param>
/// <param name="Oid">The database's oid in its server.</param>
public sealed record DatabaseIdentity(string? System, uint Oid)
{
    private const int DigestBytes = 8;

    private const string ReadDatabase = """
        SELECT d.oid::pg_catalog.int8, d.datname::pg_catalog.text, pg_catalog.pg_is_in_recovery()
        FROM pg_catalog.pg_database d WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        """;

    // Every role may call it unless that right was revoked; then the statement fails.
    private const string ReadSystem = """
        SELECT c.system_identifier::pg_catalog.int8 FROM pg_catalog.pg_control_system() c
        """;

    /// <summary>Reads which database the connection leads to.</summary>
    public static async Task<SeenDatabase> ReadAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(connection);
        var (oid, name, isStandby) = await ReadDatabaseAsync(connection, cancellationToken);
        var system = await ReadSystemAsync(connection, cancellationToken);
        return new SeenDatabase(new DatabaseIdentity(system, oid), name, isStandby);
    }

    /// <summary>Parses the result of <see cref="ToString"/>; null where the text is not one.</summary>
    public static DatabaseIdentity? Parse(string? text)
    {
        if (text?.Split('/') is not [var system, var oid])
            return null;
        var isDigest = system.Length == 2 * DigestBytes && system.All(char.IsAsciiHexDigitLower);
        return
            (isDigest || system.Length == 0)
            && uint.TryParse(oid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DatabaseIdentity(isDigest ? system : null, number)
            : null;
    }

    /// <summary>
    /// Whether both may be the same database. Where the role that read one of them may not read the system identifier, the
    /// oid alone decides.
    /// </summary>
    public bool Matches(DatabaseIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Oid == other.Oid && (System is null || other.System is null || System == other.System);
    }

    /// <summary>Returns the form for messages and records: <c>system/oid</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{System}/{Oid}");

    private static async Task<(uint Oid, string Name, bool IsStandby)> ReadDatabaseAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(ReadDatabase, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (checked((uint)reader.GetInt64(0)), reader.GetString(1), reader.GetBoolean(2));
    }

    private static async Task<string?> ReadSystemAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(ReadSystem, connection);
        try
        {
            var system = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            var digest = SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Create(CultureInfo.InvariantCulture, $"rotationmesh/system/{system}")
                )
            );
            return Convert.ToHexStringLower(digest.AsSpan(0, DigestBytes));
        }
        catch (PostgresException fault)
            when (fault.SqlState
                    is PostgresErrorCodes.InsufficientPrivilege
                        or PostgresErrorCodes.UndefinedFunction
                        or PostgresErrorCodes.FeatureNotSupported
            )
        {
            return null;
        }
    }
}

/// <summary>A database as seen over a connection.</summary>
/// <param name="Identity">Which one it is.</param>
/// <param name="Name">Its name in its server.</param>
/// <param name="IsStandby">Whether it follows another server, and so may be behind.</param>
public sealed record SeenDatabase(DatabaseIdentity Identity, string Name, bool IsStandby);
