using Npgsql;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>Checks that rows are as they were when they were read.</summary>
internal sealed class UnchangedRows(NpgsqlConnection connection, MappedTable target, LeafTable leaf)
{
    private readonly string count = target.Sql.CountUnchanged(leaf);

    /// <summary>Whether all rows of the batch are unchanged. Throws <see cref="NpgsqlException"/>.</summary>
    public async Task<bool> IsAsync(RowBatch batch, string? tenant)
    {
        await using var query = new NpgsqlBatch(connection);
        if (target.ByTenant)
            query.BatchCommands.Add(TenantSetting.Command(target, tenant));
        query.BatchCommands.Add(batch.Command(count, targetVersion: 0));
        await using var reader = await query.ExecuteReaderAsync();
        if (target.ByTenant)
            await reader.NextResultAsync();
        await reader.ReadAsync();
        return reader.GetInt64(0) == batch.Count;
    }
}
