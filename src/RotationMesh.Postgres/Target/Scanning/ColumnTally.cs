namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>What was seen of one column: by place in its values, how many there were and how many hold an envelope.</summary>
internal sealed class ColumnTally(string column, DeclaredColumn? declared)
{
    /// <summary>Places that are told apart: a document whose members are named by its data has any number.</summary>
    private const int MostPaths = 64;
    private const string OtherPaths = "(other paths)";

    /// <summary>Envelopes of a place that other tenants are tried for as well, where the row names its own.</summary>
    private const int MostSearches = 64;

    /// <summary>Values that must look like an envelope where none opens; or this share of them, where they are few.</summary>
    private const int Fewest = 3;
    private const double LikelyShare = 0.8;

    private readonly Dictionary<string, Place> places = [];

    public string Column => column;

    /// <summary>Values of the column that are not NULL.</summary>
    public long Values { get; private set; }

    /// <summary>Looks at one value; <paramref name="near"/> gives texts of the row that may be its tenant.</summary>
    public void Add(string value, Func<NearTenants> near, EnvelopeOpener opener)
    {
        if (value.Length == 0)
            return;
        Values++;
        foreach (var leaf in ValueLeaves.Of(value))
            if (leaf.Text.Length > 0 && declared?.Names(leaf) != true)
                PlaceOf(leaf.Path).Add(leaf.Text, near, opener);
    }

    /// <summary>Places with envelopes: some open, or most look like one.</summary>
    public IEnumerable<FoundEnvelopes> Found =>
        places
            .Where(pair => pair.Value.IsFound)
            .Select(pair => new FoundEnvelopes(
                column,
                pair.Key.Length == 0 ? null : pair.Key,
                pair.Value.Seen,
                pair.Value.Likely,
                pair.Value.Untried,
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

    private Place PlaceOf(string path)
    {
        if (places.TryGetValue(path, out var place))
            return place;
        if (places.Count >= MostPaths)
            path = OtherPaths;
        if (!places.TryGetValue(path, out place))
            places.Add(path, place = new Place());
        return place;
    }

    private sealed class Place
    {
        private int searches;

        public long Seen { get; private set; }

        public long Likely { get; private set; }

        public Dictionary<Opening, long> Opened { get; } = [];

        /// <summary>Values that look like an envelope, and may be of a tenant or a key that was not tried.</summary>
        public long Untried { get; private set; }

        public bool IsFound =>
            Opened.Count > 0
            || Untried > 0
            || Likely >= Fewest
            || (Likely > 0 && Likely >= Seen * LikelyShare);

        // One text may hold several envelopes, such as the old value and the new one.
        public void Add(string text, Func<NearTenants> near, EnvelopeOpener opener)
        {
            Seen++;
            bool likely = false,
                untried = false;
            HashSet<Opening>? openings = null;
            foreach (var form in EnvelopeForms.Of(text))
            {
                likely |= form.Likely;
                var tenants = near();
                var everyTenant = !tenants.AreNamed || (form.Likely && searches++ < MostSearches);
                if (opener.TryOpen(form.Raw, tenants, everyTenant, out var isTried) is { } opening)
                    (openings ??= []).Add(opening);
                else
                    untried |= form.Likely && !isTried;
            }

            foreach (var opening in openings ?? [])
                Opened[opening] = Opened.GetValueOrDefault(opening) + 1;
            Likely += likely || openings is not null ? 1 : 0;
            Untried += untried && openings is null ? 1 : 0;
        }
    }
}
