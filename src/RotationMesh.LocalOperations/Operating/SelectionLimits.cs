using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Says which rows of the map an inspection was asked for, so that its result is not taken for one of all rows.</summary>
internal static class SelectionLimits
{
    // A sentence stays one that people read; who asked knows the rest.
    private const int MostNames = 10;

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
        var scopes = tables.Select(table => table.Scope).Distinct().ToList();
        var all = map.Tables.Select(table => table.Scope).Distinct().Count();
        var limits = new List<string>();
        if (scopes.Count < all)
            limits.Add($"only {scopes.Count} of {all} scopes: {SomeNames.Of(scopes, MostNames)}");
        if (tenants is not null)
            limits.Add($"only tenants {SomeNames.Of(tenants, MostNames)}");
        if (share is < 1)
            limits.Add(string.Create(CultureInfo.InvariantCulture, $"a sample of {share * 100:0.####} %"));
        return limits;
    }
}
