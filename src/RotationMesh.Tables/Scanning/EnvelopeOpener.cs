using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// Tries to open bytes under every format and context of the map. Keys are derived for tenants. First come the tenants that
/// the row itself names, with every key of the ring. Then, for several values together, come other texts of their rows that
/// may be tenants, and the tenants of the map's tables.
/// </summary>
internal sealed class EnvelopeOpener : IDisposable
{
    /// <summary>Most recent openings that are tried first: copies of one table have its context and version.</summary>
    private const int Remembered = 8;

    private readonly KeyRing? ring;
    private readonly Reencryptor? reencryptor;
    private readonly IReadOnlyList<Purpose> purposes;
    private readonly IReadOnlyList<int> versions;
    private readonly IReadOnlyList<int> searched;
    private readonly KnownTenants tenants;
    private readonly LinkedList<(Purpose Purpose, int Version, string Tenant)> lately = [];

    public EnvelopeOpener(
        KeyRing? ring,
        EnvelopeFormats formats,
        RotationMap map,
        KnownTenants tenants,
        SoughtVersion? sought
    )
    {
        this.ring = ring;
        this.tenants = tenants;
        reencryptor = ring is null ? null : new Reencryptor(ring);
        versions = ring is null ? [] : [.. ring.Versions];
        searched = sought is { IsHeld: true } ? [sought.Version] : versions;
        purposes =
        [
            .. map
                .Tables.SelectMany(table => table.Columns)
                .Select(column => (column.Format, column.Context))
                .Distinct()
                .Select(purpose => new Purpose(
                    formats[purpose.Format],
                    purpose.Context,
                    new EnvelopeColumn(formats[purpose.Format], purpose.Context, EnvelopeEncoding.Binary)
                )),
        ];
    }

    /// <summary>Whether there is any key to try.</summary>
    public bool HasKeys => ring is not null;

    /// <summary>Finds what opens the bytes, among recent openings and the tenants that the row names; null for nothing.</summary>
    public Opening? TryNamed(byte[] raw, NearTenants near)
    {
        foreach (var (purpose, version, tenant) in lately)
            if (Opens(purpose, version, tenant, raw))
                return new Opening(version, purpose.Context);
        return TryOpen(raw, near.Named, versions);
    }

    /// <summary>
    /// Tries forms with the other texts of their rows that may be tenants, and with the tenants of the map's tables. Marks the
    /// forms that open. Returns false where the time was over before everything was tried.
    /// </summary>
    public bool Search(IReadOnlyList<PendingForm> forms, SearchBudget.Search time)
    {
        foreach (var form in forms)
        foreach (var tenant in form.Near.Others)
        {
            if (time.IsOver())
                return false;
            if (form.IsOpen || TryOpen(form.Raw, [tenant], searched) is not { } opening)
                continue;
            form.Open(opening);
            break;
        }

        List<PendingForm> left = [.. forms.Where(form => !form.IsOpen)];
        if (left.Count == 0)
            return true;
        using var trial = new EnvelopeTrial([.. left.Select(form => form.Raw)]);
        foreach (var tenant in tenants.All)
        foreach (var purpose in purposes)
        foreach (var version in searched)
            if (!TryAll(left, trial, purpose, version, tenant, time))
                return false;
        return true;
    }

    public void Dispose() => reencryptor?.Dispose();

    private Opening? TryOpen(byte[] raw, IEnumerable<string> near, IReadOnlyList<int> under)
    {
        foreach (var tenant in near)
        foreach (var purpose in purposes)
        foreach (var version in under)
        {
            if (!Opens(purpose, version, tenant, raw))
                continue;
            Remember(purpose, version, tenant);
            return new Opening(version, purpose.Context);
        }

        return null;
    }

    // Derives the key once for all forms: a derivation costs as much as several tries.
    private bool TryAll(
        List<PendingForm> forms,
        EnvelopeTrial trial,
        Purpose purpose,
        int version,
        string tenant,
        SearchBudget.Search time
    )
    {
        if (!ring!.TryGet(version, out var key))
            return true;
        purpose.Format.Take(trial, key, tenant, purpose.Context);
        for (var at = 0; at < forms.Count; at++)
        {
            if (time.IsOver())
                return false;
            if (forms[at].IsOpen || !trial.MayOpen(at) || !Opens(purpose, version, tenant, forms[at].Raw))
                continue;
            Remember(purpose, version, tenant);
            forms[at].Open(new Opening(version, purpose.Context));
        }

        return true;
    }

    private bool Opens(Purpose purpose, int version, string tenant, byte[] raw) =>
        reencryptor!.Check(purpose.Column, tenant, version, raw) == EnvelopeError.None;

    private void Remember(Purpose purpose, int version, string tenant)
    {
        if (lately.Contains((purpose, version, tenant)))
            return;
        lately.AddFirst((purpose, version, tenant));
        if (lately.Count > Remembered)
            lately.RemoveLast();
    }

    private sealed record Purpose(HkdfAes256Gcm Format, string Context, EnvelopeColumn Column);
}

/// <summary>The key version and the context that open an envelope.</summary>
internal sealed record Opening(int Version, string Context);
