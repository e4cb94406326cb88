namespace RotationMesh.Sample;

/// <summary>Everything that a row depends on besides its number. All threads share it, and none changes it.</summary>
internal sealed class SamplePlan : IDisposable
{
    public SamplePlan(SampleOptions options)
    {
        Options = options;
        Tenants = new TenantIds(options.Seed, options.Tenants);
        Deal = new TenantDeal(options);
        Corpus = new Corpus(options.Seed);
        Damage = DamagePlan.Make(options);
        External = ChooseExternal(options, Damage.Entries);
    }

    public SampleOptions Options { get; }

    public TenantIds Tenants { get; }

    public TenantDeal Deal { get; }

    public Corpus Corpus { get; }

    public DamagePlan Damage { get; }

    /// <summary>Numbers of the entries whose envelope lives elsewhere.</summary>
    public IReadOnlySet<int> External { get; }

    public SampleEnvelopes Envelopes { get; } = new();

    public void Dispose() => Envelopes.Dispose();

    // Spread over the table, but not among the corrupt rows: a row is external or corrupt, never both.
    private static HashSet<int> ChooseExternal(
        SampleOptions options,
        IReadOnlyDictionary<int, DamageKind> corrupt
    )
    {
        var chosen = new HashSet<int>(options.External);
        for (var index = 0; index < options.External; index++)
        {
            var row = (int)((long)index * options.Rows / options.External);
            while (corrupt.ContainsKey(row) || !chosen.Add(row))
                row = (row + 1) % options.Rows;
        }

        return chosen;
    }
}
