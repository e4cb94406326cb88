using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Rewriting;

/// <summary>
/// Brings one row with large values to the target version in memory. It reads the values one after another, and frees each
/// before the next. The new envelopes stay until they are written.
/// </summary>
internal sealed class LargeReencryption(MappedTable target, RowReencryptor rows, LargeValues values)
{
    /// <summary>
    /// Returns the row with its new envelopes, or why it stays as it is; neither where it has changed since it was set aside.
    /// Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public async Task<MadeRow> MakeAsync(RowBatch row, long size, string? objectName, string? tenant)
    {
        var made = new MadeRow(row);
        try
        {
            var (_, version, of) = row.Origins[0];
            made.Error = rows.Refusal(of, version);
            if (made.Error is not null)
                return made;
            made.LeftBehind = objectName is null ? null : target.StoreColumn;
            row.Held[0] = objectName is null ? 0 : 1; // for the value in the store, which is re-encrypted separately
            made.IsUnchanged = await values.ReadAsync(
                row,
                size,
                tenant,
                (i, stored) => Take(made, i, of!, (int)version!.Value, stored.Span),
                CancellationToken.None
            );
            // The first try has overwritten the value in memory, so it is read again.
            if (made is { Error: null, IsUnchanged: true, IsDoubted: true })
                made.IsUnchanged = await values.ReadAsync(
                    row,
                    size,
                    tenant,
                    (i, stored) => i != made.LeftBehind || Judge(made, i, of!, stored.Span),
                    CancellationToken.None
                );
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private bool Take(MadeRow made, int i, string tenant, int version, Span<byte> stored)
    {
        if (stored.IsEmpty)
            return true; // it stays as it is
        if (i == made.LeftBehind && stored.Length <= StoredValues.LargestWithRow)
            return TakeLeft(made, i, tenant, version, stored);
        var column = target.Columns[i];
        var space = made.Space(Reencryptor.MaxSealedLength(column.Encoding, stored.Length));
        var error = rows.ReencryptLarge(column, tenant, version, stored, space.Span, out var written);
        if (
            i == made.LeftBehind
            && error is EnvelopeError.MalformedEnvelope or EnvelopeError.AuthenticationFailed
        )
        {
            made.IsDoubted = true;
            return true;
        }

        if (error != EnvelopeError.None)
        {
            made.Error = RowErrors.From(error);
            return false;
        }

        made.Row.Values[i][0] = space[..written];
        made.Row.Held[0] += i == made.LeftBehind ? 0 : 1;
        return true;
    }

    // A value that no key opens is no envelope, and one of the target version needs no new one: both stay as they are.
    private bool Judge(MadeRow made, int i, string tenant, Span<byte> stored)
    {
        if (rows.IsOfAnother(target.Columns[i], tenant, stored))
            made.Error = RowError.AuthenticationFailed;
        return made.Error is null;
    }

    private bool TakeLeft(MadeRow made, int i, string tenant, int version, ReadOnlySpan<byte> stored)
    {
        var moved = rows.ReencryptLeft(target.Columns[i], tenant, version, stored, made.Row.Slab);
        made.Error = moved.Error;
        made.Row.Values[i][0] = moved.Envelope;
        return moved.Error is null;
    }
}

/// <summary>A single row and its new envelopes; disposing of it frees their memory.</summary>
internal sealed class MadeRow(RowBatch row) : IDisposable
{
    private readonly List<NativeBytes> memory = [];

    public RowBatch Row => row;

    /// <summary>Why the row stays as it is; null where no error was found.</summary>
    public RowFault? Error { get; set; }

    /// <summary>The column whose value is in the store; null where the table holds all.</summary>
    public int? LeftBehind { get; set; }

    /// <summary>Whether the row's own version can't open what the table holds in the column of a value in the store.</summary>
    public bool IsDoubted { get; set; }

    /// <summary>Whether the row was unchanged since it was set aside.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>Allocates memory for a new envelope.</summary>
    public Memory<byte> Space(int length)
    {
        var bytes = new NativeBytes(length);
        memory.Add(bytes);
        return bytes.Memory;
    }

    /// <inheritdoc/>
    public void Dispose() => memory.ForEach(bytes => bytes.Free());
}
