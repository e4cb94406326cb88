using System.Text;

namespace RotationMesh.Sample;

/// <summary>Ids of the tenants, by their number: as text for key derivation and as UTF-8 for the driver.</summary>
internal sealed class TenantIds
{
    private const string WhenNull = "company_hq";

    private readonly byte[] utf8;
    private readonly string[] text;

    public TenantIds(int seed, int count)
    {
        utf8 = new byte[count * SampleId.Length];
        text = new string[count];
        for (var tenant = 0; tenant < count; tenant++)
        {
            var id = utf8.AsSpan(tenant * SampleId.Length, SampleId.Length);
            SampleId.Write(seed, Draw.Stream.TenantId, tenant, id);
            text[tenant] = Encoding.ASCII.GetString(id);
        }
    }

    /// <summary>What the tenant column holds; null for company-wide rows.</summary>
    public ReadOnlyMemory<byte>? Stored(int tenant)
    {
        // Not a conditional expression: in one, null would turn into an empty text by way of byte[].
        if (tenant == TenantDeal.CompanyWide)
            return null;
        return utf8.AsMemory(tenant * SampleId.Length, SampleId.Length);
    }

    /// <summary>The tenant that a row's key is derived with.</summary>
    public string Derived(int tenant) => tenant == TenantDeal.CompanyWide ? WhenNull : text[tenant];

    /// <summary>A tenant that the row does not belong to.</summary>
    public string Foreign(int tenant) => tenant == text.Length - 1 ? WhenNull : text[tenant + 1];
}
