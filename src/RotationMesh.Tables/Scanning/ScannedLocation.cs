using RotationMesh.Tables.Scanning.Values;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Counts what was seen at one place of a column's values. Forms that no tenant named by their row opens are searched
/// together, some at a time: the key of a tenant is derived once for all of them.
/// </summary>
internal sealed class ScannedLocation(EnvelopeOpener opener, SearchTerms terms)
{
    /// <summary>Most forms that are searched together, and most bytes of them.</summary>
    private const int MostPending = 1_000;
    private const long MostPendingBytes = 4 << 20;

    /// <summary>
    /// Values that must look like an envelope where none opens; where there are fewer, this share of all values.
    /// </summary>
    private const int Fewest = 3;
    private const double LikelyShare = 0.8;

    private readonly SearchBudget.LocationUse use = new();
    private readonly List<PendingForm> named = [];
    private readonly List<PendingForm> unnamed = [];
    private readonly HashSet<ScannedText> open = [];
    private readonly Dictionary<UntriedCause, long> untried = [];
    private long pendingBytes;

    public long Seen { get; private set; }

    public long Likely { get; private set; }

    public Dictionary<Opening, long> Opened { get; } = [];

    /// <summary>Values with a form that was not tried with every tenant and key, by the cause.</summary>
    public IReadOnlyDictionary<UntriedCause, long> Untried => untried;

    public bool IsFound =>
        Opened.Count > 0 || Likely >= Fewest || (Likely > 0 && Likely >= Seen * LikelyShare);

    /// <summary>Looks at one text; <paramref name="near"/> gives texts of the row that may be its tenant.</summary>
    public void Add(string text, Func<NearTenants> near)
    {
        Seen++;
        var scanned = new ScannedText();
        foreach (var form in EnvelopeForms.Of(text))
        {
            scanned.IsLikely |= form.Likely;
            if (!opener.HasKeys || scanned.HasOpened(form.Run))
                continue;
            if (opener.TryNamed(form.Raw, near()) is { } opening)
                scanned.Open(form.Run, opening);
            else
                Defer(new PendingForm(scanned, form, near()));
        }

        if (!open.Contains(scanned))
            Count(scanned);
        if (named.Count + unnamed.Count >= MostPending || pendingBytes >= MostPendingBytes)
            End();
    }

    /// <summary>Searches for what opens the pending forms, and counts their texts.</summary>
    public void End()
    {
        Search(named, isNamed: true);
        Search(unnamed, isNamed: false);
        foreach (var text in open)
            Count(text);
        open.Clear();
        pendingBytes = 0;
    }

    private void Defer(PendingForm form)
    {
        (terms.Tenants.AreNamedBy(form.Near) ? named : unnamed).Add(form);
        open.Add(form.Text);
        pendingBytes += form.Raw.Length;
    }

    private void Search(List<PendingForm> pending, bool isNamed)
    {
        pending.RemoveAll(form => form.IsOpen);
        bool isOver;
        using (var time = terms.Budget.Begin(use, isNamed))
            isOver = !opener.Search(pending, time);
        if (terms.Missing(isNamed, isOver) is { } cause)
            foreach (var form in pending.Where(form => !form.IsOpen))
                form.Text.Untried = cause;
        pending.Clear();
    }

    private void Count(ScannedText text)
    {
        foreach (var opening in text.Openings)
            Opened[opening] = Opened.GetValueOrDefault(opening) + 1;
        Likely += text.IsLikely || text.Openings.Count > 0 ? 1 : 0;
        if (text.Untried is { } cause)
            untried[cause] = untried.GetValueOrDefault(cause) + 1;
    }
}

/// <summary>What a scan searches with at every place: the known tenants, the time, and the version that it is to find.</summary>
internal sealed record SearchTerms(KnownTenants Tenants, SearchBudget Budget, SoughtVersion? Sought)
{
    /// <summary>
    /// Says why forms that nothing opened were not tried with every tenant and key; null where they were. Where a row names
    /// a tenant, that one was tried in any case, and it need not be the value's: a log names who acted, beside what they saw.
    /// </summary>
    public UntriedCause? Missing(bool isNamed, bool isOver) =>
        Sought is { IsHeld: false } ? UntriedCause.KeyIsMissing
        : isNamed && isOver ? UntriedCause.OtherTenants
        : isNamed ? null
        : Tenants.Unknown is not null ? UntriedCause.TenantsAreUnknown
        : isOver ? UntriedCause.TimeIsOver
        : null;
}
