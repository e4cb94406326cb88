using System.Globalization;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Says which rows of the map an inspection was asked for, so that its result is not taken for one of all rows.</summary>
internal static class SelectionLimits
{
    /// <summary>
    /// Returns a phrase for each limit; none where all rows were asked for. <paramref name="tenants"/> is null for all tenants, and
    /// <paramref name="share"/>, above 0 and up to 1, null for all rows.
    /// </summary>
    public static IReadOnlyList<string> Of(
        RotationMap map,
        IReadOnlyCollection<TableEntry> tables,
        IReadOnlyList<string>? tenants,
        double? share = null
    )
    {
        var part = CoveredPart.Of(map, [.. tables.Select(table => table.Scope).Distinct()], tenants);
        var sample = share is < 1
            ? string.Create(CultureInfo.InvariantCulture, $"a sample of {share * 100:0.####} %")
            : null;
        return [.. new[] { part, sample }.OfType<string>()];
    }
}
