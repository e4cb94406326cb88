using Dapper;
using Npgsql;

namespace RotationMesh.Control.Queries;

/// <summary>
/// Statements over a connection in hand, and so in the transaction that is open there: a session has one at a time.
/// </summary>
internal static class ConnectionQueries
{
    /// <summary>Returns all rows.</summary>
    public static async Task<IReadOnlyList<T>> QueryAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) => (await connection.QueryAsync<T>(Command(sql, values, cancellationToken))).AsList();

    /// <summary>Returns the first row; the default of its type where there is none.</summary>
    public static Task<T?> FindAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) => connection.QueryFirstOrDefaultAsync<T>(Command(sql, values, cancellationToken));

    /// <summary>Returns the first column of the first row; the default of its type where there is none, or null.</summary>
    public static Task<T?> ScalarAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) => connection.ExecuteScalarAsync<T>(Command(sql, values, cancellationToken));

    /// <summary>
    /// Returns the number of rows that the statement wrote. It runs once for each element of <paramref name="values"/>
    /// where these are a sequence.
    /// </summary>
    public static Task<int> ExecuteAsync(
        this NpgsqlConnection connection,
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(Command(sql, values, cancellationToken));

    private static CommandDefinition Command(
        string sql,
        object? values,
        CancellationToken cancellationToken
    ) => new(sql, values, cancellationToken: cancellationToken);
}
