using Npgsql;
using NpgsqlTypes;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rows;

/// <summary>Reads rows of a batch again by key, as they are now, unless they are at the target version.</summary>
internal sealed class PendingRows(
    NpgsqlConnection connection,
    MappedTable target,
    LeafTable leaf,
    int targetVersion
)
{
    private readonly string readByKey = target.Sql.ReadByKey(leaf);

    /// <summary>Calls <paramref name="see"/> at each row. Throws <see cref="NpgsqlException"/>.</summary>
    public async Task ReadAsync(RowBatch batch, string? tenant, Action<RowCursor> see)
    {
        await using var query = new NpgsqlBatch(connection);
        query.BatchCommands.Add(new NpgsqlBatchCommand(SessionSettings.ExactTextLocally)); // keys compare as first read
        if (target.ByTenant)
            query.BatchCommands.Add(TenantSetting.Command(target, tenant));
        var command = new NpgsqlBatchCommand(readByKey);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = targetVersion });
        foreach (var key in batch.Keys)
        {
            command.Parameters.Add(
                new NpgsqlParameter<List<ReadOnlyMemory<byte>>>
                {
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                    TypedValue = key,
                }
            );
        }

        query.BatchCommands.Add(command);
        await using var reader = await query.ExecuteReaderAsync();
        await reader.NextResultAsync();
        if (target.ByTenant)
            await reader.NextResultAsync();
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(CancellationToken.None))
            see(cursor);
    }
}
