using Npgsql;
using NpgsqlTypes;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>
/// Reads rows of a batch again by key, after some of them were not written: those that are still to do, with their
/// present content.
/// </summary>
internal sealed class ConflictReader(
    NpgsqlConnection connection,
    TableTarget target,
    LeafTable leaf,
    int targetVersion
)
{
    /// <summary>Times that a changed row is read again at once; one that changes more often is left to the next sweep.</summary>
    public const int Attempts = 3;

    private readonly string readByKey = target.Sql.ReadByKey(leaf);

    /// <summary>
    /// A new batch of the rows that are still to do, without those that the database has <paramref name="refused"/>;
    /// rows that can't be re-encrypted any more go to <paramref name="fail"/>.
    /// </summary>
    public async Task<RowBatch> ReadAgainAsync(
        RowBatch batch,
        IEnumerable<RowFailure> refused,
        string? tenant,
        RowReencryptor rows,
        Action<RowFailure> fail
    )
    {
        await using var query = new NpgsqlBatch(connection);
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
        if (target.ByTenant)
            await reader.NextResultAsync();
        var settled = refused.Select(failure => Text(failure.Key)).ToHashSet();
        var again = new RowBatch(target);
        var cursor = new RowCursor(reader, target);
        while (await cursor.ReadAsync(CancellationToken.None))
        {
            if (settled.Count > 0 && settled.Contains(Text(cursor.KeyParts())))
                continue;
            if (rows.Add(target, cursor, again) is { } error)
                fail(cursor.Failure(error));
        }

        return again;
    }

    // PostgreSQL's text holds no NUL, so it separates the columns of a key.
    private static string Text(IReadOnlyList<KeyPart> key) =>
        string.Join('\0', key.Select(part => part.Value));
}
