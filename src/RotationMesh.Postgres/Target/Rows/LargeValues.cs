using System.Data;
using Npgsql;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>Reads the values of a single row from the server one after another, each into memory of its own.</summary>
internal sealed class LargeValues(NpgsqlConnection connection, TableTarget target, LeafTable leaf)
{
    private readonly string read = target.Sql.ReadValues(leaf);

    /// <summary>
    /// Lets <paramref name="take"/> have the values of the row in the order of the columns; empty where a column holds none.
    /// The memory is freed when it returns; where it returns false, the others are not read. False where the row is not as it
    /// was when it was set aside. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<bool> ReadAsync(
        RowBatch row,
        string? tenant,
        Func<int, Memory<byte>, bool> take,
        CancellationToken stopping
    )
    {
        await using var query = new NpgsqlBatch(connection);
        if (target.ByTenant)
            query.BatchCommands.Add(TenantSetting.Command(target, tenant));
        query.BatchCommands.Add(BatchParameters.Command(read, target, row, targetVersion: 0));
        // So a value goes from the socket into its memory, and nowhere else.
        await using var reader = await query.ExecuteReaderAsync(CommandBehavior.SequentialAccess, stopping);
        if (target.ByTenant)
            await reader.NextResultAsync(stopping);
        if (!await reader.ReadAsync(stopping))
            return false;
        for (var i = 0; i < target.Columns.Count; i++)
            if (!await TakeAsync(reader, i, take, stopping))
                break;
        return true;
    }

    private static async Task<bool> TakeAsync(
        NpgsqlDataReader reader,
        int column,
        Func<int, Memory<byte>, bool> take,
        CancellationToken stopping
    )
    {
        if (await reader.IsDBNullAsync(column, stopping))
            return take(column, Memory<byte>.Empty);
        var length = (int)reader.GetBytes(column, 0, null, 0, 0);
        var value = new NativeBytes(length);
        try
        {
            await using var stream = await reader.GetStreamAsync(column, stopping);
            await stream.ReadExactlyAsync(value.Memory, stopping);
            return take(column, value.Memory);
        }
        finally
        {
            value.Free();
        }
    }
}
