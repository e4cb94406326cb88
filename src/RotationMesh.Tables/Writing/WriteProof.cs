using Npgsql;
using NpgsqlTypes;
using RotationMesh.Postgres;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Writes a batch to a table with triggers, and checks the stored rows before the commit. A trigger may set the version, a
/// value or the tenant to something else, before or after the row is stored: a new envelope under the old version could not be decrypted.
/// </summary>
/// <param name="connection">The connection that writes.</param>
/// <param name="target">The table.</param>
/// <param name="leaf">The leaf that is written.</param>
/// <param name="isTrial">Whether everything is rolled back.</param>
internal sealed class WriteProof(
    NpgsqlConnection connection,
    MappedTable target,
    LeafTable leaf,
    bool isTrial
)
{
    private readonly string countAsSent = target.Sql.CountAsSent(leaf);

    /// <summary>
    /// Runs the write, the last of the <paramref name="commands"/>, and returns the numbers in the batch, from 1, of the rows that the
    /// server says it wrote. Where these are not all rows of the batch, nothing is written: a trigger that takes a row over may have
    /// stored it itself, in another way. Throws <see cref="AlteredRowException"/> where a row is not stored as it was sent; nothing is
    /// written then.
    /// </summary>
    public async Task<IReadOnlyList<int>> WriteAsync(NpgsqlBatch commands, RowBatch batch, int targetVersion)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await WrittenAsync(commands);
        if (written.Count == 0 || written.Count < batch.Count)
            return written;
        if (await AsSentAsync(batch, written, targetVersion) != written.Count)
            throw new AlteredRowException();
        if (!isTrial)
            await transaction.CommitAsync();
        return written;
    }

    private async Task<List<int>> WrittenAsync(NpgsqlBatch commands)
    {
        var written = new List<int>();
        await commands.PrepareAsync();
        await using var reader = await commands.ExecuteReaderAsync();
        if (target.ByTenant)
            await reader.NextResultAsync(); // past the result of set_config
        while (await reader.ReadAsync())
            written.Add(reader.GetInt32(0));
        return written;
    }

    private async Task<long> AsSentAsync(RowBatch batch, List<int> written, int targetVersion)
    {
        await using var check = new NpgsqlBatch(connection);
        check.BatchCommands.Add(new NpgsqlBatchCommand("SET CONSTRAINTS ALL IMMEDIATE")); // fires the deferred triggers now
        check.BatchCommands.Add(new NpgsqlBatchCommand(SessionSettings.ExactTextLocally)); // tenants were read so
        var count = batch.Command(countAsSent, targetVersion);
        count.Parameters.Add(RowBatch.Array("integer[]", written));
        count.Parameters.Add(RowBatch.Array("text[]", batch.Origins.ConvertAll(origin => origin.Tenant)));
        count.Parameters.Add(
            new NpgsqlParameter<string?>
            {
                NpgsqlDbType = NpgsqlDbType.Text,
                TypedValue = target.Entry.TenantWhenNull,
            }
        );
        check.BatchCommands.Add(count);
        await check.PrepareAsync();
        await using var reader = await check.ExecuteReaderAsync();
        await reader.NextResultAsync(); // past the result of set_config
        await reader.ReadAsync();
        return reader.GetInt64(0);
    }
}

/// <summary>A row of a batch was stored with another version, value or tenant than was sent; its batch is rolled back.</summary>
internal sealed class AlteredRowException : Exception;
