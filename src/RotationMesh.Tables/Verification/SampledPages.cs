using RotationMesh.Core;
using RotationMesh.Tables.Ranges;

namespace RotationMesh.Tables.Verification;

/// <summary>
/// Chooses the pages of a leaf that are read where a share of its rows is enough. Where the leaf is read in one go, TABLESAMPLE
/// chooses. Where it is read in parts, each part gives a run of pages that is chosen at random: TABLESAMPLE would sample the
/// whole leaf for each part.
/// </summary>
internal static class SampledPages
{
    /// <summary>Least length of a run, in pages: a small share of few pages may be none.</summary>
    private const uint Fewest = 8;

    /// <summary>Returns whether a share is to be read of a whole leaf, or of the rest of one.</summary>
    public static bool AreOf(PartitionRange range, double? share) =>
        share is not null && range is { Tenants: null, Pages: null or { To: uint.MaxValue } };

    /// <summary>Chooses the run of pages in a part of a leaf that has <paramref name="size"/> pages.</summary>
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
