using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.External;

/// <summary>
/// Decrypts values of rows that live in a store, under the versions that the rows claim. A row that the application changed
/// since it was read is passed over: what its value was to be, nobody can tell any more.
/// </summary>
internal sealed class ExternalCheck(
    TargetDatabases databases,
    TableTarget target,
    TableStore store,
    LeafTable leaf,
    Reencryptor reencryptor
)
{
    private readonly RowBatch batch = new(target);
    private readonly List<string> names = [];

    /// <summary>Whether it is time to settle those that were added.</summary>
    public bool IsFull => names.Count >= ExternalRows.AtOnce;

    /// <summary>Adds a row whose version the key ring has, with the name of its object.</summary>
    public void Add(RowCursor row, string name)
    {
        batch.AddIdentity(row);
        names.Add(name);
    }

    /// <summary>A failure, or null, for each row that was added. Throws <see cref="NpgsqlException"/>.</summary>
    public async Task<IReadOnlyList<RowFailure?>> SettleAsync(string? tenant, CancellationToken stopping)
    {
        var read = await Task.WhenAll(names.Select(name => Read.OfAsync(store.Values, name)));
        var found = new List<RowFailure?>(names.Count);
        for (var row = 0; row < read.Length; row++)
            found.Add(
                Error(read[row], row) is { } error && await IsUnchangedAsync(row, tenant, stopping)
                    ? RowCursor.Failure(target, batch, row, error)
                    : null
            );
        batch.Clear();
        names.Clear();
        return found;
    }

    private RowError? Error(Read read, int row)
    {
        if (read.Value is not { } value)
            return RowErrors.From(read.Fault!.Value);
        var (tenant, version) = batch.Origins[row];
        if (tenant is null)
            return RowError.AuthenticationFailed;
        var error = reencryptor.Check(store.Column, tenant, (int)version!.Value, value.Envelope.Span);
        return error == EnvelopeError.None ? null : RowErrors.From(error);
    }

    private async Task<bool> IsUnchangedAsync(int row, string? tenant, CancellationToken stopping)
    {
        await using var connection = await databases.OpenReadingAsync(target.Entry.Database, stopping);
        return await new UnchangedRows(connection, target, leaf).IsAsync(batch.Only(target, [row]), tenant);
    }
}
