using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>
/// Takes one row with large values to the target version: its values are read one after another, and each is freed before the
/// next is read. What stays are the new envelopes, until they are written.
/// </summary>
internal sealed class LargeReencryption(MappedTable target, RowReencryptor rows, LargeValues values)
{
    /// <summary>
    /// The row with its new envelopes, or why it stays as it is; neither where it changed since it was set aside. Throws
    /// <see cref="NpgsqlException"/>.
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
            row.Held[0] = objectName is null ? 0 : 1; // the value in the store, which is moved on its own
            made.IsUnchanged = await values.ReadAsync(
                row,
                size,
                tenant,
                (i, stored) => Take(made, i, of!, (int)version!.Value, stored.Span),
                CancellationToken.None
            );
            // The try has overwritten it.
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

    // What no key opens only stands for the value in the store, and one of the target version is there already: both stay.
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

/// <summary>A single row and its new envelopes, whose memory is freed when it is disposed of.</summary>
internal sealed class MadeRow(RowBatch row) : IDisposable
{
    private readonly List<NativeBytes> memory = [];

    public RowBatch Row => row;

    /// <summary>Why the row stays as it is; null where its envelopes are there.</summary>
    public RowError? Error { get; set; }

    /// <summary>The column whose value is in the store; null where the table holds all.</summary>
    public int? LeftBehind { get; set; }

    /// <summary>Whether the row's own version does not open what the table holds for the value in the store.</summary>
    public bool IsDoubted { get; set; }

    /// <summary>Whether the row was as it had been.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>Memory for a new envelope.</summary>
    public Memory<byte> Space(int length)
    {
        var bytes = new NativeBytes(length);
        memory.Add(bytes);
        return bytes.Memory;
    }

    /// <inheritdoc/>
    public void Dispose() => memory.ForEach(bytes => bytes.Free());
}
