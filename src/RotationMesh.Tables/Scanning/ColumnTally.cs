using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.Tables.Scanning;

/// <summary>Counts the values of one column by their place: how many there are, and how many hold an envelope.</summary>
internal sealed class ColumnTally(
    string column,
    DeclaredColumn? declared,
    EnvelopeOpener opener,
    SearchTerms terms
)
{
    /// <summary>
    /// Most places that are counted apart: where data names the members of documents, there is any number of places.
    /// </summary>
    private const int MostPaths = 64;
    private const string OtherPaths = "(other paths)";

    private readonly Dictionary<string, ScannedLocation> places = [];

    public string Column => column;

    /// <summary>Values of the column that are not NULL.</summary>
    public long Values { get; private set; }

    /// <summary>Looks at one value; <paramref name="near"/> gives texts of the row that may be its tenant.</summary>
    public void Add(string value, Func<NearTenants> near)
    {
        if (value.Length == 0)
            return;
        Values++;
        foreach (var leaf in ValueLeaves.Of(value))
            if (leaf.Text.Length > 0 && declared?.Names(leaf) != true)
                PlaceOf(leaf.Path).Add(leaf.Text, near);
    }

    /// <summary>Searches for what opens the pending forms of every place.</summary>
    public void End()
    {
        foreach (var place in places.Values)
            place.End();
    }

    /// <summary>Places with envelopes: some values open, or enough of them look like an envelope.</summary>
    public IEnumerable<FoundEnvelopes> Found =>
        places
            .Where(pair => pair.Value.IsFound)
            .Select(pair => new FoundEnvelopes(
                column,
                Shown(pair.Key),
                pair.Value.Seen,
                pair.Value.Likely,
                [
                    .. pair
                        .Value.Opened.OrderBy(opened => opened.Key.Version)
                        .ThenBy(opened => opened.Key.Context, StringComparer.Ordinal)
                        .Select(opened => new OpenedEnvelopes(
                            opened.Key.Version,
                            opened.Key.Context,
                            opened.Value
                        )),
                ]
            ));

    /// <summary>Places with values that may be envelopes, and were not tried with every tenant and key.</summary>
    public IEnumerable<UntriedValues> Untried =>
        places.SelectMany(pair =>
            pair.Value.Untried.Select(untried => new UntriedValues(
                column,
                Shown(pair.Key),
                untried.Value,
                untried.Key
            ))
        );

    private static string? Shown(string path) => path.Length == 0 ? null : path;

    private ScannedLocation PlaceOf(string path)
    {
        if (places.TryGetValue(path, out var place))
            return place;
        if (places.Count >= MostPaths)
            path = OtherPaths;
        if (!places.TryGetValue(path, out place))
            places.Add(path, place = new ScannedLocation(opener, terms));
        return place;
    }
}
