using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Decrypts values that live in a store, under the versions that their rows claim. A failure does not count where the
/// application changed the row since it was read: nobody can tell any more which value belonged to it. Such a row goes to
/// <paramref name="changed"/>, so that it is read again; a sample needs none of them.
/// </summary>
internal sealed class ExternalCheck(
    ApplicationDatabases databases,
    MappedTable target,
    TableStore store,
    LeafTable leaf,
    Reencryptor reencryptor,
    ChangedRows? changed = null
)
{
    private readonly RowBatch batch = new(target);
    private readonly List<string> names = [];

    /// <summary>Whether enough rows were added to settle them.</summary>
    public bool IsFull => names.Count >= ExternalRows.AtOnce;

    /// <summary>
    /// Adds a row whose version the key ring has, with the name of its object, and how many values of the row itself were
    /// decrypted.
    /// </summary>
    public void Add(RowCursor row, string name, int values)
    {
        batch.AddIdentity(row, values);
        names.Add(name);
    }

    /// <summary>Adds a single row, of which <paramref name="values"/> values of its own were decrypted.</summary>
    public void Add(RowBatch row, string name, int values)
    {
        row.Held[0] = values;
        batch.AddIdentities(row); // as of the others: their values are in the store
        names.Add(name);
    }

    /// <summary>
    /// Reads and decrypts the values of the added rows. Returns the failure (null: none) and the number of decrypted values
    /// of each, without the rows that failed and have changed meanwhile. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<IReadOnlyList<(RowFailure? Failure, int Values)>> SettleAsync(
        string? tenant,
        CancellationToken stopping
    )
    {
        var read = await Task.WhenAll(names.Select(name => ExternalRead.OfAsync(store.Values, name)));
        var found = new List<(RowFailure?, int)>(names.Count);
        for (var row = 0; row < read.Length; row++)
        {
            if (Error(read[row], row) is not { } error)
                found.Add((null, batch.Held[row] + 1));
            else if (await IsUnchangedAsync(row, tenant, stopping))
                found.Add((RowCursor.Failure(target, batch, row, error).Because(read[row].Why), 0));
            else
                changed?.Add(batch, row);
        }

        batch.Clear();
        names.Clear();
        return found;
    }

    private RowFault? Error(ExternalRead read, int row)
    {
        if (read.Value is not { } value)
            return RowErrors.From(read.Fault!.Value);
        var (_, version, tenant) = batch.Origins[row];
        if (tenant is null)
            return RowError.AuthenticationFailed;
        var (claimed, envelope) = ((int)version!.Value, value.Envelope);
        var error = reencryptor.Check(store.Column, tenant, claimed, envelope.Span);
        if (error == EnvelopeError.None)
            return null;
        // A rotation passes over rows that claim its version.
        return
            error == EnvelopeError.AuthenticationFailed
            && reencryptor.FindOther(store.Column, tenant, claimed, envelope.Span) is { } other
            ? ObjectVersion.Explain(claimed, other)
            : RowErrors.From(error);
    }

    private async Task<bool> IsUnchangedAsync(int row, string? tenant, CancellationToken stopping)
    {
        await using var connection = await databases.OpenReadingAsync(target.Entry.Database, stopping);
        return await new UnchangedRows(connection, target, leaf).IsAsync(batch.Only([row]), tenant);
    }
}
