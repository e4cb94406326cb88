using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// What one query reads: a table with its partitions, one partition, or a materialised view.
/// <paramref name="Declared"/> are the paths that the map names of each of its columns.
/// </summary>
internal sealed record ScanUnit(
    ScanRelation Relation,
    long Pages,
    long Bytes,
    long? Rows,
    IReadOnlyDictionary<string, DeclaredColumn> Declared
)
{
    public bool IsTree => Relation.Kind == "p";

    /// <summary>Columns that the operator leaves out.</summary>
    public IReadOnlySet<string> Skipped { get; init; } = new HashSet<string>();

    /// <summary>
    /// Columns that may hold envelopes and that the map does not name as a whole, whether they are left out or not.
    /// </summary>
    public IEnumerable<string> Undeclared =>
        Relation.Names.Where(
            (name, at) => (Relation.MayHold[at] || Relation.Unread[at]) && !IsDeclared(name)
        );

    /// <summary>Columns whose values are judged: the map names none of them as a whole.</summary>
    public IEnumerable<int> Judged =>
        Enumerable
            .Range(0, Relation.Names.Length)
            .Where(at => Relation.MayHold[at] && Relation.Readable[at] && !IsLeftOut(Relation.Names[at]));

    /// <summary>Columns that can't be read, and why.</summary>
    public IEnumerable<(string Column, string Reason, UnreadCause Cause)> Unreadable =>
        Enumerable
            .Range(0, Relation.Names.Length)
            .Where(at =>
                (Relation.Unread[at] || (Relation.MayHold[at] && !Relation.Readable[at]))
                && !IsLeftOut(Relation.Names[at])
            )
            .Select(at =>
                Relation.Unread[at]
                    ? (
                        Relation.Names[at],
                        $"the scan does not read {Relation.Types[at]}",
                        UnreadCause.NotRead
                    )
                    : (Relation.Names[at], NoRight, UnreadCause.NoRight)
            );

    public const string NoRight = "the role has no right to SELECT";

    /// <summary>Columns that are read: those that are judged, and those that may hold the row's tenant.</summary>
    public IEnumerable<int> Read =>
        Enumerable
            .Range(0, Relation.Names.Length)
            .Where(at => Relation.Readable[at] && !Relation.Unread[at] && !IsDeclared(Relation.Names[at]));

    private bool IsLeftOut(string column) => IsDeclared(column) || Skipped.Contains(column);

    private bool IsDeclared(string column) => Declared.TryGetValue(column, out var paths) && paths.IsWhole;
}

/// <summary>A column that the map names: as a whole, or at some paths.</summary>
internal sealed class DeclaredColumn
{
    private readonly List<IReadOnlyList<string>> paths = [];

    public bool IsWhole { get; private set; }

    /// <summary>Whether the declaration does not apply to tables that inherit the column.</summary>
    public bool IsOnly { get; set; }

    public void Add(IReadOnlyList<string>? path)
    {
        if (path is null)
            IsWhole = true;
        else
            paths.Add(path);
    }

    /// <summary>
    /// Whether the map names exactly this place in the document. A text without an exact place is never named; it must not be
    /// taken for the whole document.
    /// </summary>
    public bool Names(ValueLeaf leaf) =>
        paths.Exists(declared =>
            declared.SequenceEqual(leaf.Place) && (declared.Count > 0 || leaf.Path.Length == 0)
        );
}
