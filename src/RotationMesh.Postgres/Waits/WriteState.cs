using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Waits;

/// <summary>Asks whether a database accepts writes. A failover or a full disk may make it read-only at any time.</summary>
public static class WriteState
{
    private const string Ask = "SELECT pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool";

    /// <summary>Returns whether the session's transactions are read-only.</summary>
    public static Task<bool> IsReadOnlyAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(Ask, cancellationToken: cancellationToken));
}
