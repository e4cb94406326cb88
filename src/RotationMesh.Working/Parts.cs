using RotationMesh.Tables.Ranges;

namespace RotationMesh.Working;

/// <summary>In how many parts the rows of a partition are done. After each of them, progress is kept.</summary>
internal static class Parts
{
    /// <summary>Cuts after which parts to read get no smaller: of ten million pages (80 GB), a part then has 300.</summary>
    private const int MostCuts = 5;

    /// <summary>Cuts after which parts to rewrite get no smaller: a partition has some thousand rows.</summary>
    private const int MostCutsToRewrite = 2;

    /// <summary>Number of parts to read. Each cut makes them an eighth as large.</summary>
    public static int ToRead(int cutShort) => Of(cutShort, MostCuts);

    /// <summary>Number of parts to rewrite; few where each of them looks for rows of tenants, wherever they are.</summary>
    public static int ToRewrite(PartitionRange range, int cutShort) =>
        Of(cutShort, range.Tenants is null ? MostCutsToRewrite : 1);

    private static int Of(int cutShort, int most) => 1 << (3 * Math.Clamp(cutShort, 0, most));
}
