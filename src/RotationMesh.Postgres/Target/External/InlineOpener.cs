using System.Text;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Scanning;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.External;

/// <summary>
/// Tries what stands in a declared column of a row with every key of the ring: as the application reads it, and then
/// whatever envelope may be in it, under any context of the table.
/// </summary>
internal sealed class InlineOpener(TableTarget target, KeyRing ring, Reencryptor reencryptor)
{
    private readonly LargeReencryptor large = new(reencryptor);

    private readonly IReadOnlyList<EnvelopeColumn> raw =
    [
        .. target.Columns.Select(column => column with { Encoding = EnvelopeEncoding.Binary }).Distinct(),
    ];

    /// <summary>What is in a column of the cursor's row.</summary>
    public Inline Open(RowCursor row, int column)
    {
        var stored = row.Stored(column);
        if (stored.Length < EnvelopeCipher.OverheadBytes)
            return Inline.Nothing;
        var tenant = row.KeyTenant;
        if (!string.IsNullOrEmpty(tenant))
            foreach (var version in Versions(row.Version))
                if (IsOpen(reencryptor.Check(target.Columns[column], tenant, version, stored)))
                    return Inline.Opened(version);
        var text =
            target.Columns[column].Encoding == EnvelopeEncoding.Binary
                ? $@"\x{Convert.ToHexString(stored)}"
                : Encoding.UTF8.GetString(stored);
        var isLikely = false;
        foreach (var form in EnvelopeForms.Of(text))
        {
            isLikely |= form.Likely;
            if (!string.IsNullOrEmpty(tenant) && TryOpen(form.Raw, tenant, row.Version) is { } version)
                return Inline.Opened(version);
        }

        return !isLikely ? Inline.Nothing
            : string.IsNullOrEmpty(tenant) ? Inline.Untried
            : Inline.Closed;
    }

    /// <summary>
    /// What is in those columns of a row with large values, which is read anew for each key: each try overwrites them.
    /// </summary>
    public async Task<IReadOnlyList<(int Column, Inline Found)>> OpenAsync(
        LargeValues values,
        RowBatch row,
        long size,
        string? tenant,
        IReadOnlyList<int> columns,
        CancellationToken stopping
    )
    {
        using var turn = await LargeTurn.TakeAsync(size, stopping);
        var (_, claimed, of) = row.Origins[0];
        var found = columns.ToDictionary(column => column, _ => Inline.Nothing);
        var isThere = true;
        foreach (var version in Versions(claimed))
            isThere &= await values.ReadAsync(
                row,
                size,
                tenant,
                (column, stored) =>
                {
                    if (
                        stored.Length >= EnvelopeCipher.OverheadBytes
                        && found.TryGetValue(column, out var known)
                        && known.Version is null
                    )
                        found[column] =
                            string.IsNullOrEmpty(of) ? Inline.Untried
                            : IsOpen(large.Check(target.Columns[column], of, version, stored.Span))
                                ? Inline.Opened(version)
                            : Inline.Closed;
                    return true;
                },
                stopping
            );
        return [.. found.Select(pair => (pair.Key, isThere ? pair.Value : Inline.Untried))];
    }

    private int? TryOpen(byte[] bytes, string tenant, long? claimed)
    {
        foreach (var column in raw)
        foreach (var version in Versions(claimed))
            if (IsOpen(reencryptor.Check(column, tenant, version, bytes)))
                return version;
        return null;
    }

    // First the one that the row claims: another version may hold the same key.
    private IEnumerable<int> Versions(long? claimed) =>
        ring.Versions.OrderBy(version => version == claimed ? 0 : 1);

    private static bool IsOpen(EnvelopeError error) =>
        error is EnvelopeError.None or EnvelopeError.EmptyPlaintext;
}

/// <summary>What stands in a column: an envelope that a version opens, one that none does or that was not tried, or nothing.</summary>
internal readonly record struct Inline(InlineKind Kind, int? Version)
{
    public static Inline Nothing => default;

    /// <summary>It looks like an envelope, and no key of the ring opens it.</summary>
    public static Inline Closed { get; } = new(InlineKind.Closed, null);

    /// <summary>It may be an envelope, and could not be tried.</summary>
    public static Inline Untried { get; } = new(InlineKind.Untried, null);

    public static Inline Opened(int version) => new(InlineKind.Opened, version);
}

internal enum InlineKind
{
    Nothing,
    Opened,
    Closed,
    Untried,
}
