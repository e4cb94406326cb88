using Dapper;
using Npgsql;

namespace RotationMesh.Tables;

/// <summary>
/// Runs a query on the catalogs that is asked for every table. The server takes many times as long to plan such a query as to
/// run it, so a session plans it once.
/// </summary>
internal static class PreparedQuery
{
    /// <summary>Reads all rows; <paramref name="parameters"/> are those that the statement names.</summary>
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
