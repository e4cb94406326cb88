using Dapper;
using Npgsql;

namespace RotationMesh.Control.Queries;

/// <summary>
/// Statements that stand alone: each opens a pooled connection, runs and closes it. They throw
/// <see cref="NpgsqlException"/> where the server refuses or can't be reached. What belongs to one session or transaction
/// runs over a connection in hand (<see cref="ConnectionQueries"/>).
/// </summary>
public abstract class ControlQueries
{
    private protected ControlQueries(NpgsqlDataSource source)
    {
        Source = source;
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Connections to the control database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Returns all rows.</summary>
    internal async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        object? values,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.QueryAsync<T>(sql, values, cancellationToken);
    }

    /// <summary>Returns the first row; the default of its type where there is none.</summary>
    internal async Task<T?> FindAsync<T>(string sql, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.FindAsync<T>(sql, values, cancellationToken);
    }

    /// <summary>Returns the first column of the first row; the default of its type where there is none, or null.</summary>
    internal async Task<T?> ScalarAsync<T>(string sql, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.ScalarAsync<T>(sql, values, cancellationToken);
    }

    /// <summary>Returns the number of rows that the statement wrote.</summary>
    internal async Task<int> ExecuteAsync(string sql, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(sql, values, cancellationToken);
    }
}
