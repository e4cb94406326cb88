using System.Diagnostics;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Scanning;

/// <summary>
/// Tries to open bytes with every key of the ring under every format and context of the map. A key is derived for a tenant:
/// first those that the row itself may name, then those of the map's tables.
/// </summary>
internal sealed class EnvelopeOpener : IDisposable
{
    /// <summary>What opened lately is tried first: copies of one table have its context and version.</summary>
    private const int Remembered = 8;

    private readonly Reencryptor? reencryptor;
    private readonly IReadOnlyList<Purpose> purposes;
    private readonly IReadOnlyList<int> versions;
    private readonly KnownTenants tenants;
    private readonly LinkedList<(Purpose Purpose, int Version, string Tenant)> lately = [];
    private readonly Stopwatch searched = new();
    private readonly TimeSpan patience;

    public EnvelopeOpener(
        KeyRing? ring,
        EnvelopeFormats formats,
        RotationMap map,
        KnownTenants tenants,
        TimeSpan patience
    )
    {
        this.patience = patience;
        this.tenants = tenants;
        reencryptor = ring is null ? null : new Reencryptor(ring);
        versions = ring is null ? [] : [.. ring.Versions];
        purposes =
        [
            .. map
                .Tables.SelectMany(table => table.Columns)
                .Select(column => (column.Format, column.Context))
                .Distinct()
                .Select(purpose => new Purpose(
                    purpose.Context,
                    new EnvelopeColumn(formats[purpose.Format], purpose.Context, EnvelopeEncoding.Binary)
                )),
        ];
    }

    /// <summary>
    /// What opens the bytes; null where nothing does. <paramref name="everyTenant"/> asks for tenants that the row does not name
    /// as well. <paramref name="isTried"/> is false where something else still might: the
    /// time to search is used up, or the row names no tenant and not all tenants are known.
    /// </summary>
    public Opening? TryOpen(byte[] raw, NearTenants near, bool everyTenant, out bool isTried)
    {
        isTried = true;
        if (reencryptor is null)
            return null;
        isTried = searched.Elapsed <= patience;
        if (!isTried)
            return null;
        searched.Start();
        try
        {
            foreach (var (purpose, version, tenant) in lately)
                if (Opens(purpose, version, tenant, raw))
                    return new Opening(version, purpose.Context);
            foreach (var tenant in everyTenant ? near.All.Concat(tenants.All) : near.Named)
            foreach (var purpose in purposes)
            foreach (var version in versions)
            {
                if (!Opens(purpose, version, tenant, raw))
                    continue;
                Remember(purpose, version, tenant);
                return new Opening(version, purpose.Context);
            }

            isTried = near.AreNamed || (everyTenant && tenants.AreAll);
            return null;
        }
        finally
        {
            searched.Stop();
        }
    }

    public void Dispose() => reencryptor?.Dispose();

    private bool Opens(Purpose purpose, int version, string tenant, byte[] raw) =>
        reencryptor!.Check(purpose.Column, tenant, version, raw) == EnvelopeError.None;

    private void Remember(Purpose purpose, int version, string tenant)
    {
        lately.AddFirst((purpose, version, tenant));
        if (lately.Count > Remembered)
            lately.RemoveLast();
    }

    private sealed record Purpose(string Context, EnvelopeColumn Column);
}

/// <summary>The key version and the context that open an envelope.</summary>
internal sealed record Opening(int Version, string Context);
