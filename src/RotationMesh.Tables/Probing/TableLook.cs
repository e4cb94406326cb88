using Npgsql;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Runs a query over the rows of all tenants of a table. Where policies show one tenant at a time, it goes tenant by
/// tenant until one has an answer.
/// </summary>
internal sealed class TableLook(ApplicationDatabases databases, MappedTable target)
{
    /// <summary>Whether any row meets the condition. It reads up to the first that does.</summary>
    public async Task<bool> AnyAsync(string condition, CancellationToken cancellationToken) =>
        (
            await ListAsync(
                $"SELECT 1 FROM {target.Shape.From} AS t WHERE {condition} LIMIT 1",
                reader => reader.GetInt32(0),
                cancellationToken
            )
        ).Count > 0;

    /// <summary>Returns the rows of the answer; where it goes tenant by tenant, those of the first tenant that has any.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(
        string query,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        IEnumerable<string?> parts = [null];
        if (target.ByTenant)
            parts = await new TenantList(connection).AllAsync(target, cancellationToken);
        foreach (var tenant in parts)
        {
            await using var batch = new NpgsqlBatch(connection);
            if (target.ByTenant)
                batch.BatchCommands.Add(TenantSetting.Command(target, tenant));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(query));
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            if (target.ByTenant)
                await reader.NextResultAsync(cancellationToken);
            var found = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
                found.Add(read(reader));
            if (found.Count > 0)
                return found;
        }

        return [];
    }
}
