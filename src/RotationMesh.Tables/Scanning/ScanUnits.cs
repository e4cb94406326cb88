namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Decides what is read in one query. A partitioned table is read through its root, since a role may have the right to the
/// root alone. It is read leaf by leaf where a partition lives on another server, or the map names a partition itself.
/// </summary>
internal sealed class ScanUnits
{
    private readonly IReadOnlyList<ScanRelation> relations;
    private readonly ILookup<long, ScanRelation> children;
    private readonly IReadOnlyDictionary<long, Dictionary<string, DeclaredColumn>> declared;

    public ScanUnits(
        IReadOnlyList<ScanRelation> relations,
        IReadOnlyDictionary<long, Dictionary<string, DeclaredColumn>> declared
    )
    {
        this.relations = relations;
        children = relations
            .SelectMany(relation => relation.Parents.Select(parent => (parent, relation)))
            .ToLookup(pair => pair.parent, pair => pair.relation);
        this.declared = Inherited(declared);
    }

    /// <summary>The units, and the foreign tables among them, in the order of the catalog.</summary>
    public IEnumerable<ScanUnit> All =>
        relations
            .Where(relation => !relation.IsPartition && !relation.HoldsNothing)
            .SelectMany(relation => Split(relation) ? Leaves(relation) : [relation])
            .Select(Unit);

    /// <summary>A unit for each relation alone, and for the foreign tables among them.</summary>
    public IEnumerable<ScanUnit> Alone(IEnumerable<ScanRelation> some) =>
        some.Where(relation => !relation.HoldsNothing).Select(Unit);

    private bool Split(ScanRelation root) =>
        root.Kind == "p" && Below(root).Any(part => part.Kind == "f" || NamesMore(part, root));

    private IEnumerable<ScanRelation> Leaves(ScanRelation root) =>
        Below(root).Where(part => part.Kind != "p");

    private IEnumerable<ScanRelation> Below(ScanRelation relation) =>
        children[relation.Oid].SelectMany(child => Below(child).Prepend(child));

    // A partition has its root's declared columns, so it has more only where the map names it.
    private bool NamesMore(ScanRelation part, ScanRelation root) =>
        declared.GetValueOrDefault(part.Oid)?.Count > (declared.GetValueOrDefault(root.Oid)?.Count ?? 0);

    private ScanUnit Unit(ScanRelation relation)
    {
        List<ScanRelation> parts =
            relation.Kind == "p" ? [.. Below(relation).Where(part => part.Kind == "r")] : [relation];
        return new ScanUnit(
            relation,
            parts.Sum(part => part.MainBytes / Math.Max(part.PageBytes, 1)),
            parts.Sum(part => part.Bytes),
            parts.TrueForAll(part => part.Rows is not null) ? parts.Sum(part => part.Rows) : null,
            declared.GetValueOrDefault(relation.Oid) ?? []
        );
    }

    private Dictionary<long, Dictionary<string, DeclaredColumn>> Inherited(
        IReadOnlyDictionary<long, Dictionary<string, DeclaredColumn>> own
    )
    {
        var all = own.ToDictionary();
        foreach (var relation in relations)
        foreach (var (oid, columns) in own)
        {
            if (oid != relation.Oid || columns.Values.Any(column => column.IsOnly))
                continue;
            foreach (var heir in Below(relation).Where(heir => !own.ContainsKey(heir.Oid)))
                all[heir.Oid] = columns;
        }

        return all;
    }
}
