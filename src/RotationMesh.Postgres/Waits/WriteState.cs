using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Waits;

/// <summary>Whether a database takes writes: one may turn read-only at any time, by a failover or a full disk.</summary>
public static class WriteState
{
    private const string Ask = "SELECT pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool";

    /// <summary>Whether transactions of that session may write nothing.</summary>
    public static Task<bool> IsReadOnlyAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(Ask, cancellationToken: cancellationToken));
}
