namespace RotationMesh.Tables.Scanning;

/// <summary>
/// What changed in the catalog while a scan ran. Tables are read one after the other, by their names, and partitions through their
/// roots: one that was detached, renamed or made meanwhile may be read by nobody.
/// </summary>
internal sealed class CatalogChanges
{
    /// <summary>Listings after which a scan gives up: an application that makes tables without end.</summary>
    public const int MostRounds = 5;

    /// <summary>Said of what changed once more after that.</summary>
    public const string Reason = "it was made, renamed, detached or altered while the scan ran";

    private readonly Dictionary<long, string> known = [];

    /// <summary>Begins with what is about to be read.</summary>
    public CatalogChanges(IEnumerable<ScanRelation> listed)
    {
        foreach (var relation in listed)
            known[relation.Oid] = Form(relation);
    }

    /// <summary>Returns those with rows of their own that were not listed so before; they count as listed from now on.</summary>
    public IReadOnlyList<ScanRelation> Since(IEnumerable<ScanRelation> listed)
    {
        var changed = new List<ScanRelation>();
        foreach (var relation in listed)
        {
            var form = Form(relation);
            if (relation.Kind != "p" && known.GetValueOrDefault(relation.Oid) != form)
                changed.Add(relation);
            known[relation.Oid] = form;
        }

        return changed;
    }

    // A name may hold any character but NUL. Who left its root and came back has the form of before, but for what was written.
    private static string Form(ScanRelation relation) =>
        string.Join(
            '\0',
            [
                relation.Schema,
                relation.Name,
                $"{relation.IsPartition} {string.Join(' ', relation.Parents)}",
                relation.Written,
                .. relation.Names,
                .. relation.Types,
            ]
        );
}
