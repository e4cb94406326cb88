using System.Globalization;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// External values that nobody can decrypt: the map has no store for them, or its predicate does not call their rows external. What
/// their rows claim proves nothing of them: a rotation by a map that did not call the rows external yet took them for empty, and
/// raised their version.
/// </summary>
internal sealed class UnreadExternals
{
    private readonly List<RowsByVersion> tables = [];
    private readonly List<RowsByVersion> beside = [];
    private readonly List<string> met = [];

    /// <summary>
    /// Places that an operator leaves out. A table, or all its declared columns, stands for its external values.
    /// </summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>Skipped places that stand for external values.</summary>
    public IReadOnlyList<string> Met => met;

    /// <summary>A sentence for each table that has such values.</summary>
    public IEnumerable<string> Notes =>
        tables
            .Where(table => Others(table, null).Any())
            .Select(table =>
                $"{Describe(table, null)}: keys retire asks for one, or for the reason why they need the old key no more"
            );

    /// <summary>Takes the tables with such values from a census.</summary>
    public void Look(IEnumerable<RowsByVersion> counted)
    {
        var all = counted.ToList();
        tables.Clear();
        beside.Clear();
        met.Clear();
        tables.AddRange(all.Where(table => table.External > 0));
        beside.AddRange(all.Where(table => ObjectsBeside.Find(table) is not null));
        met.AddRange(
            tables
                .SelectMany(table => Columns(table.Target.Entry).Prepend(null), Place)
                .Concat(beside.SelectMany(table => (string[])[Place(table, null), InStore(table)]))
                .Where(place => Skipped.Contains(place))
                .Distinct()
        );
    }

    /// <summary>Number of such values whose rows claim another version.</summary>
    public long Count(long version) => tables.Sum(table => Others(table, version).Sum(count => count.Rows));

    /// <summary>
    /// Returns what prevents the retirement of a version: such values whose rows claim another one, and objects beside a value,
    /// which nobody reads either. Those that claim it, or none, are described by <see cref="RetirementObstacles.Rows"/>.
    /// </summary>
    public IEnumerable<string> InTheWay(long version) =>
        tables
            .Where(table => Others(table, version).Any() && !IsLeftOut(table))
            .Select(table =>
                $"{Describe(table, version)}: nobody knows whether they need version {version}. Give the table an externalStore "
                + $"or, where you know that they need it no more, leave them out with {Options(table)} --reason TEXT"
            )
            .Concat(
                beside
                    .Where(table => !met.Contains(Place(table, null)) && !met.Contains(InStore(table)))
                    .Select(table =>
                        $"{ObjectsBeside.Find(table)!.Explain()}. Where you know that they need version {version} no more, leave them "
                        + $"out with {UntriedWords.Skip(table.Target.Entry.Database, Name(table), InStoreColumn(table))} --reason TEXT"
                    )
            );

    /// <summary>Describes such values where they do not prevent the retirement: an operator answers for them.</summary>
    public IEnumerable<string> Told(long version) =>
        tables
            .Where(table => Others(table, version).Any())
            .Select(table => $"{Describe(table, version)}: nobody knows whether they need version {version}");

    /// <summary>Says what a retirement does not see of the stores: it reads objects that rows name, as they are now.</summary>
    public static IEnumerable<string> OutsideOfRows(RotationMap map) =>
        map
            .Tables.Select(table => table.ExternalStore?.Place)
            .OfType<string>()
            .Distinct()
            .Select(place =>
                $"{place}: objects that no row of the map's tables names, and earlier versions of objects, were not looked at"
            );

    private static IEnumerable<VersionCount> Others(RowsByVersion table, long? version) =>
        table.Counts.Where(count =>
            count is { External: true, Version: not null } && count.Version != version
        );

    private static IEnumerable<string?> Columns(TableEntry entry) =>
        entry.Columns.Select(column => column.Name.Name).Distinct();

    private static string Place(RowsByVersion table, string? column) =>
        SkippedLocations.Name(table.Target.Entry.Database, Name(table), column);

    private static string InStore(RowsByVersion table) => Place(table, InStoreColumn(table));

    private static string InStoreColumn(RowsByVersion table) =>
        table.Target.Entry.Columns[table.Target.Entry.ExternalStore!.Column].Name.Name;

    // As the scan shows it, always with its schema.
    private static string Name(RowsByVersion table) => SqlName.Parse(table.Target.Shape.Quoted).ToString();

    private static string Describe(RowsByVersion table, long? version)
    {
        var others = Others(table, version).ToList();
        var claimed = others.Select(count => count.Version).Distinct().Order();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"table {table.Target.Entry.Name} (database {table.Target.Entry.Database}): {others.Sum(count => count.Rows)} external values, which claim version {string.Join(" and ", claimed)}, can't be decrypted, as the map has no externalStore for them"
        );
    }

    private bool IsLeftOut(RowsByVersion table) =>
        met.Contains(Place(table, null))
        || Columns(table.Target.Entry).All(column => met.Contains(Place(table, column)));

    // By its columns: by the table's own name, the scan would leave out what is undeclared in it as well.
    private static string Options(RowsByVersion table) =>
        string.Join(
            " ",
            Columns(table.Target.Entry)
                .Select(column => UntriedWords.Skip(table.Target.Entry.Database, Name(table), column))
        );
}
