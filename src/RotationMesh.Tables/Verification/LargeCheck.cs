using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Verification;

/// <summary>
/// Decrypts rows whose values are large, one value after another, where they are as they were set aside.
/// </summary>
internal sealed class LargeCheck(
    NpgsqlConnection connection,
    MappedTable target,
    LeafTable leaf,
    Reencryptor reencryptor
)
{
    private readonly LargeValues values = new(connection, target, leaf);
    private readonly LargeReencryptor large = new(reencryptor);

    /// <summary>
    /// Decrypts a row whose version the key ring has. Returns an outcome for each column, null for one that holds no value or
    /// whose value is in the store. Returns null where the row changed. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<IReadOnlyList<EnvelopeError?>?> CheckAsync(
        LargeRows rows,
        int i,
        string? tenant,
        CancellationToken stopping
    )
    {
        using var turn = await LargeTurn.TakeAsync(rows.Size(i), stopping);
        var row = rows.Row(i);
        var (_, version, of) = row.Origins[0];
        var found = new List<EnvelopeError?>();
        var isThere = await values.ReadAsync(
            row,
            rows.Size(i),
            tenant,
            (column, stored) =>
            {
                found.Add(
                    stored.IsEmpty || (column == target.StoreColumn && rows.ObjectName(i) is not null) ? null
                    : of is null ? EnvelopeError.AuthenticationFailed
                    : large.Check(target.Columns[column], of, (int)version!.Value, stored.Span)
                );
                return true;
            },
            stopping
        );
        return isThere ? found : null;
    }
}
