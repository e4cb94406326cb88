namespace RotationMesh.Sample;

/// <summary>Size and shape of the sample.</summary>
public sealed record SampleOptions
{
    /// <summary>Number of providers, and so the most connectors of a tenant.</summary>
    internal const int ConnectorsPerTenant = 5;

    /// <summary>Rows of <c>knowledge_entries</c>. The default is 20,000.</summary>
    public int Rows { get; init; } = 20_000;

    /// <summary>Rows of <c>tenants</c>, 1 or more. The default is 20.</summary>
    public int Tenants { get; init; } = 20;

    /// <summary>How the entries are distributed to the tenants. The default is <see cref="Skew.Equal"/>.</summary>
    public Skew Skew { get; init; } = Skew.Equal;

    /// <summary>
    /// Rows of <c>connectors</c>, at most five for each tenant. The default is five for each tenant, but at most a twentieth
    /// of the entries, and at least five.
    /// </summary>
    public int? Connectors { get; init; }

    /// <summary>
    /// Rows of <c>knowledge_sources</c>. The default is one for each tenant, but at most a fiftieth of the entries plus one.
    /// </summary>
    public int? Sources { get; init; }

    /// <summary>
    /// Rows that do not decrypt, spread in turn over the three tables and the kinds of <see cref="DamageKind"/>. The default
    /// is 0.
    /// </summary>
    public int Corrupt { get; init; }

    /// <summary>Entries whose envelope lives outside the database. The default is 0.</summary>
    public int External { get; init; }

    /// <summary>Version of the key that encrypts; the key ring must have it. The default is 1.</summary>
    public int KeyVersion { get; init; } = 1;

    /// <summary>Share of the entries and sources that belong to no tenant. The default is 0.02.</summary>
    public double NullTenantShare { get; init; } = 0.02;

    /// <summary>Seed of the rows: loads with the same options differ only in their nonces. The default is 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Whether to drop the tables of an earlier load first. Tables that no load made are never dropped.
    /// </summary>
    public bool Replace { get; init; }

    internal int ConnectorCount =>
        Connectors
        ?? (int)Math.Min((long)Tenants * ConnectorsPerTenant, Math.Max(ConnectorsPerTenant, Rows / 20));

    internal int SourceCount => Sources ?? Math.Min(Tenants, Rows / 50 + 1);
}
