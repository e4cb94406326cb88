using RotationMesh.Core.Map;
using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Finds texts of a row that may be its tenant: first what stands under a name of the map's tenant columns, then anything
/// short. It looks into documents as well: a copy of a row has its tenant beside the envelope.
/// </summary>
internal sealed class RowTenants
{
    /// <summary>Longest text that is taken for a tenant, and how many of a row are tried.</summary>
    private const int Longest = 64;
    private const int Most = 12;

    private readonly HashSet<string> names;
    private readonly HashSet<string> telling;

    public RowTenants(RotationMap map)
    {
        names = [.. map.Tables.Select(entry => Plain(entry.Tenant.Name))];
        telling =
        [
            .. map
                .Tables.Where(entry => entry.Key is not [var only] || only != entry.Tenant)
                .Select(entry => Plain(entry.Tenant.Name)),
        ];
    }

    /// <summary>Returns the texts, the likeliest first; <paramref name="values"/> are in the order of the columns.</summary>
    public NearTenants Of(IReadOnlyList<string> columns, string?[] values)
    {
        var leaves = columns
            .Zip(values)
            .Where(pair => pair.Second is not null)
            .SelectMany(pair =>
                ValueLeaves
                    .Of(pair.Second!)
                    .Select(leaf =>
                        (Name: leaf.Path.Length == 0 ? pair.First : leaf.Path.Split('.')[^1], leaf.Text)
                    )
            )
            .Where(leaf => leaf.Text.Length is > 0 and <= Longest)
            .ToList();
        var named = Under(names, leaves).Take(Most).ToList();
        var tells = Under(telling, leaves).Take(Most + 1).ToList();
        var others = leaves
            .Select(leaf => leaf.Text)
            .Where(text => !text.Contains(' ', StringComparison.Ordinal))
            .Take(Most);
        return new NearTenants(named, [.. others.Distinct().Except(named)])
        {
            Tells = tells.Count > Most || tells.Exists(text => !named.Contains(text)) ? [] : tells,
        };
    }

    private static IEnumerable<string> Under(
        HashSet<string> names,
        IEnumerable<(string Name, string Text)> leaves
    ) =>
        leaves
            .Where(leaf => names.Contains(Plain(leaf.Name)))
            .SelectMany(leaf => new[] { leaf.Text, leaf.Text.TrimEnd(' ') }) // of char(n), applications take either
            .Distinct();

    private static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}

/// <summary>
/// Texts of a row that may be its tenant; <paramref name="Named"/> are those that stand under a tenant column's name.
/// </summary>
internal sealed record NearTenants(IReadOnlyList<string> Named, IReadOnlyList<string> Others)
{
    /// <summary>
    /// The named texts by which a row says whose it is. A column name such as <c>id</c> does not say it where it is the whole
    /// key of its table, since any row has one. Empty where a row names more texts than are tried.
    /// </summary>
    public IReadOnlyList<string> Tells { get; init; } = Named;
}
