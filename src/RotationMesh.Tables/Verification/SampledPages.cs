using RotationMesh.Tables.Ranges;

namespace RotationMesh.Tables.Verification;

/// <summary>
/// Which pages of a leaf are read where a share of its rows is enough. All of it in one go is TABLESAMPLE's to choose; of one that is
/// read in parts each part gives a run of pages, chosen by chance: TABLESAMPLE would read its sample of the whole leaf each time.
/// </summary>
internal static class SampledPages
{
    /// <summary>Pages of a run at the least: of few a small share may be none.</summary>
    private const uint Fewest = 8;

    /// <summary>Whether the range is a leaf, or what is left of one, of which a share is read.</summary>
    public static bool AreOf(PartitionRange range, double? share) =>
        share is not null && range is { Tenants: null, Pages: null or { To: uint.MaxValue } };

    /// <summary>The run of a part, of a leaf that has <paramref name="size"/> pages.</summary>
    public static PartitionRange Choose(PartitionRange part, double share, uint size)
    {
        if (part.Pages is not { } pages)
            return part;
        var end = Math.Clamp(size, pages.From, pages.To);
        var all = end - pages.From;
        var run = Math.Min(all, Math.Max(Fewest, (uint)Math.Ceiling(all * share)));
        var from = pages.From + (uint)Random.Shared.NextInt64(all - run + 1);
        return part with { Pages = new PageRange(from, from + run) };
    }
}
