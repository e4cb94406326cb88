using System.Text;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.Rewriting;

/// <summary>
/// Reads rows of a batch again by key, after some were not written. It returns those that are not yet at the target version,
/// with their present content.
/// </summary>
internal sealed class ConflictReader(
    NpgsqlConnection connection,
    MappedTable target,
    LeafTable leaf,
    int targetVersion
)
{
    /// <summary>
    /// Most times that a changed row is read again at once. A row that changes more often is left to the next sweep.
    /// </summary>
    public const int Attempts = 3;

    private readonly PendingRows pending = new(connection, target, leaf, targetVersion);

    /// <summary>
    /// Returns a new batch of the rows that are still to rewrite, without those that the database has
    /// <paramref name="refused"/>. Calls <paramref name="fail"/> for rows that can't be re-encrypted now, and for rows that are
    /// as they were sent, unless rows <paramref name="mayBeHeld"/>: nobody changed or held these, so a trigger or a policy
    /// skipped them. A row that got a large value meanwhile is set aside in <paramref name="large"/>.
    /// </summary>
    public async Task<RowBatch> ReadAgainAsync(
        RowBatch batch,
        IEnumerable<RowFailure> refused,
        bool mayBeHeld,
        string? tenant,
        RowReencryptor rows,
        LargeRows large,
        Action<RowFailure> fail
    )
    {
        var settled = refused.Select(failure => Text(failure.Key)).ToHashSet();
        var sent = mayBeHeld ? [] : Sent(batch);
        var again = new RowBatch(target);
        var passedOver = new List<RowFailure>();
        await pending.ReadAsync(batch, tenant, See);
        if (passedOver.Count == 0)
            return again;
        var cause = await new RefusalCauses(connection, leaf).OfTriggersAsync(
            "a trigger or a policy passes it over"
        );
        foreach (var failure in passedOver)
            fail(failure with { Cause = cause });
        return again;

        void See(RowCursor cursor)
        {
            var key = Text(cursor.KeyParts());
            if (settled.Contains(key) || cursor.ObjectName is not null)
                return; // the next sweep rewrites a row whose value has left the table
            if (sent.TryGetValue(key, out var state) && state == (Text(cursor.Ctid(again.Slab)), cursor.Xmin))
                passedOver.Add(cursor.Failure(RowError.DatabaseError));
            else if (cursor.LargeSize is { } size)
                large.Add(cursor, size);
            else if (rows.Add(target, cursor, again) is { } error)
                fail(cursor.Failure(error));
        }
    }

    // The ctid and xmin of each row when it was sent, by its key: where a table was rewritten, rows have other ctids.
    private static Dictionary<string, (string Ctid, uint Xmin)> Sent(RowBatch batch)
    {
        var sent = new Dictionary<string, (string, uint)>(batch.Count);
        for (var row = 0; row < batch.Count; row++)
            sent[string.Join('\0', batch.Keys.Select(column => Text(column[row])))] = (
                Text(batch.Ctids[row]),
                batch.Xmins[row]
            );
        return sent;
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    // PostgreSQL's text holds no NUL, so it separates the columns of a key.
    private static string Text(IReadOnlyList<KeyPart> key) =>
        string.Join('\0', key.Select(part => part.Value));
}
