using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Large;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Scanning.Values;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.External;

/// <summary>
/// Tries every key of the ring on what a declared column of a row holds: first as the application reads it, then on
/// everything in it that may be an envelope, under any context of the table.
/// </summary>
internal sealed class InlineOpener(MappedTable target, KeyRing ring, Reencryptor reencryptor)
{
    /// <summary>
    /// Largest value, in bytes, that is searched for envelopes: the search holds several copies of it. A larger value is
    /// only tried as a whole.
    /// </summary>
    private const long LargestSearched = 16 * 1024 * 1024;

    private readonly LargeReencryptor large = new(reencryptor);
    private readonly IReadOnlyList<EnvelopeColumn> raw =
    [
        .. target.Columns.Select(column => column with { Encoding = EnvelopeEncoding.Binary }).Distinct(),
    ];

    /// <summary>
    /// Returns what a column of the cursor's row holds: nothing, or one entry for each version that opens an envelope in it
    /// and for what no key opens.
    /// </summary>
    public IReadOnlyList<Inline> Open(RowCursor row, int column) =>
        Open(row.Stored(column), column, row.KeyTenant, row.Version);

    /// <summary>
    /// Returns what columns of a row hold whose values are too large to come with it. <paramref name="sizes"/> gives their
    /// sizes in bytes, by column. Throws <see cref="Npgsql.NpgsqlException"/>.
    /// </summary>
    public async Task<IReadOnlyList<(int Column, Inline Found)>> OpenAsync(
        LargeValues values,
        RowBatch row,
        IReadOnlyDictionary<int, long> sizes,
        long largest,
        string? tenant,
        CancellationToken stopping
    )
    {
        using var turn = await LargeTurn.TakeAsync(largest, stopping);
        var (_, claimed, of) = row.Origins[0];
        var found = new List<(int Column, Inline Found)>();
        var untried = sizes.Where(size => size.Value > LargestSearched).Select(size => size.Key).ToHashSet();
        var isThere =
            untried.Count == sizes.Count
            || await values.ReadAsync(
                row,
                largest,
                tenant,
                (column, stored) =>
                {
                    if (sizes.ContainsKey(column) && !untried.Contains(column))
                        found.AddRange(Open(stored.Span, column, of, claimed).Select(one => (column, one)));
                    return true;
                },
                stopping
            );
        var tries = string.IsNullOrEmpty(of)
            ? []
            : raw.SelectMany(_ => Versions(claimed), (key, version) => (key, version));
        // The values are read again for each try, because a try overwrites them.
        foreach (var (key, version) in tries)
            if (isThere && untried.Count > 0)
                isThere = await values.ReadAsync(
                    row,
                    largest,
                    tenant,
                    (column, stored) =>
                    {
                        if (
                            untried.Contains(column)
                            && IsOpen(large.Check(As(target.Columns[column], key), of!, version, stored.Span))
                        )
                        {
                            found.Add((column, Inline.Opened(version)));
                            untried.Remove(column);
                        }

                        return true;
                    },
                    stopping
                );
        // A row that was written meanwhile counts as untried: nobody knows what it holds now.
        return isThere
            ? [.. found, .. untried.Select(column => (column, Inline.Untried))]
            : [.. sizes.Keys.Select(column => (column, Inline.Untried))];
    }

    private IReadOnlyList<Inline> Open(ReadOnlySpan<byte> stored, int column, string? tenant, long? claimed)
    {
        if (stored.Length < EnvelopeCipher.OverheadBytes)
            return [];
        var isNamed = !string.IsNullOrEmpty(tenant);
        if (isNamed)
            foreach (var version in Versions(claimed))
                if (IsOpen(reencryptor.Check(target.Columns[column], tenant!, version, stored)))
                    return [Inline.Opened(version)];
        var forms =
            target.Columns[column].Encoding == EnvelopeEncoding.Binary
                ? EnvelopeForms.Of(stored.ToArray())
                : EnvelopeForms.Of(Encoding.UTF8.GetString(stored));
        var found = new HashSet<Inline>(); // one text may hold several, such as the old value and the new one
        List<EnvelopeRun> opened = [],
            closed = [];
        foreach (var form in forms)
            if (isNamed && TryOpen(form.Raw, tenant!, claimed) is { } version)
            {
                found.Add(Inline.Opened(version));
                opened.Add(form.Run);
            }
            else
                closed.Add(form.Run);
        // Several readings of the same digits are one value, whatever stands before and after it.
        if (closed.Exists(run => !opened.Exists(run.IsIn)))
            found.Add(isNamed ? Inline.Closed : Inline.Untried);
        return [.. found];
    }

    private int? TryOpen(byte[] bytes, string tenant, long? claimed)
    {
        foreach (var column in raw)
        foreach (var version in Versions(claimed))
            if (IsOpen(reencryptor.Check(column, tenant, version, bytes)))
                return version;
        return null;
    }

    private static EnvelopeColumn As(EnvelopeColumn stored, EnvelopeColumn key) =>
        key with
        {
            Encoding = stored.Encoding,
        };

    // The version that the row claims comes first: another version may hold the same key.
    private IEnumerable<int> Versions(long? claimed) =>
        ring.Versions.OrderBy(version => version == claimed ? 0 : 1);

    private static bool IsOpen(EnvelopeError error) =>
        error is EnvelopeError.None or EnvelopeError.EmptyPlaintext;
}

/// <summary>What stands in a column: an envelope that a version opens, or one that none does or that was not tried.</summary>
internal readonly record struct Inline(InlineKind Kind, int? Version)
{
    /// <summary>It may be an envelope, and no key of the ring opens it.</summary>
    public static Inline Closed { get; } = new(InlineKind.Closed, null);

    /// <summary>It may be an envelope, and could not be tried.</summary>
    public static Inline Untried { get; } = new(InlineKind.Untried, null);

    public static Inline Opened(int version) => new(InlineKind.Opened, version);
}

internal enum InlineKind
{
    Opened,
    Closed,
    Untried,
}
