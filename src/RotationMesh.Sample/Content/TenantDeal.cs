namespace RotationMesh.Sample;

/// <summary>Distributes entries to tenants, so that the table holds the rows of different tenants mixed.</summary>
internal sealed class TenantDeal(SampleOptions options)
{
    /// <summary>Number that stands for no tenant.</summary>
    public const int CompanyWide = -1;

    private const int HugeTenants = 3;
    private const double HugeShare = 0.6;

    /// <summary>Returns the number of an entry's tenant, or <see cref="CompanyWide"/>.</summary>
    public int OfEntry(int row, ref Draw draw)
    {
        if (draw.Chance(options.NullTenantShare))
            return CompanyWide;
        return options.Skew == Skew.Huge ? OfSkewed(ref draw) : OfEqual(row);
    }

    /// <summary>Returns the number of a source's tenant, or <see cref="CompanyWide"/>.</summary>
    public int OfSource(int source) =>
        new Draw(options.Seed, Draw.Stream.SourceTenant, source).Chance(options.NullTenantShare)
            ? CompanyWide
            : source % options.Tenants;

    // Each round gives one row to every tenant, and starts at a random one.
    private int OfEqual(int row)
    {
        var (round, place) = Math.DivRem(row, options.Tenants);
        var start = new Draw(options.Seed, Draw.Stream.TenantRound, round).Below(options.Tenants);
        return (int)(((long)start + place) % options.Tenants);
    }

    private int OfSkewed(ref Draw draw)
    {
        var huge = Math.Min(HugeTenants, options.Tenants);
        var small = options.Tenants - huge;
        return small == 0 || draw.Chance(HugeShare) ? draw.Below(huge) : huge + draw.Below(small);
    }
}
