using Dapper;
using Npgsql;

namespace RotationMesh.Tables;

/// <summary>
/// Asks the catalogs what is asked of every table: to plan such a query takes the server many times as long as to run it, so a
/// session plans it once.
/// </summary>
internal static class PreparedQuery
{
    /// <summary>All rows; <paramref name="parameters"/> are those that the statement names.</summary>
    public static async Task<IReadOnlyList<T>> PreparedAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object Value)[] parameters
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.Add(new NpgsqlParameter(name, value));
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var parse = reader.GetRowParser<T>();
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(parse(reader));
        return rows;
    }
}
