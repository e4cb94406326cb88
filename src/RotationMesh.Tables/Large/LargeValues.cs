using System.Data;
using System.Globalization;
using Npgsql;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Large;

/// <summary>Reads the values of a single row from the server one after another, each into its own memory.</summary>
internal sealed class LargeValues(NpgsqlConnection connection, MappedTable target, LeafTable leaf)
{
    /// <summary>Base limit for the time to read a row; the time for its bytes is added.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(30);

    /// <summary>Slowest rate at which a large value may come, in bytes per second.</summary>
    private const double SlowestRate = 1024 * 1024;

    /// <summary>Time to wait beyond the limit, for a server that does not end the statement itself.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly string read = target.Sql.ReadValues(leaf);

    /// <summary>
    /// Passes the values of the row to <paramref name="take"/> in the order of the columns; a value is empty where a column
    /// holds none. Its memory is freed when <paramref name="take"/> returns; where that returns false, the remaining values
    /// are not read. Returns false where the row has changed since it was set aside. Throws <see cref="NpgsqlException"/>, and
    /// <see cref="TimeoutException"/> where the values, of at most <paramref name="size"/> bytes each, do not come in time.
    /// </summary>
    public async Task<bool> ReadAsync(
        RowBatch row,
        long size,
        string? tenant,
        Func<int, Memory<byte>, bool> take,
        CancellationToken stopping
    )
    {
        var limit = Least + TimeSpan.FromSeconds(target.Columns.Count * size / SlowestRate);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(limit + Grace);
        try
        {
            return await ReadAsync(row, limit, tenant, take, timeout.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException("a large value did not come in time");
        }
    }

    private async Task<bool> ReadAsync(
        RowBatch row,
        TimeSpan limit,
        string? tenant,
        Func<int, Memory<byte>, bool> take,
        CancellationToken stopping
    )
    {
        await using var query = new NpgsqlBatch(connection);
        query.BatchCommands.Add(
            new NpgsqlBatchCommand(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"SELECT pg_catalog.set_config('statement_timeout', '{limit.TotalMilliseconds:0}', true)"
                )
            )
        );
        if (target.ByTenant)
            query.BatchCommands.Add(TenantSetting.Command(target, tenant));
        query.BatchCommands.Add(row.Command(read, targetVersion: 0));
        // Sequential access copies a value from the socket straight into its memory.
        await using var reader = await query.ExecuteReaderAsync(CommandBehavior.SequentialAccess, stopping);
        await reader.NextResultAsync(stopping);
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
