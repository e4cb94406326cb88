using System.Text;

namespace RotationMesh.Sample;

/// <summary>Ids of the tenants by their number: as text for key derivation, and as UTF-8 for the driver.</summary>
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

    /// <summary>Returns the value of the tenant column; null for company-wide rows.</summary>
    public ReadOnlyMemory<byte>? Stored(int tenant)
    {
        // Not a conditional expression: its null would convert to byte[], and then to an empty text.
        if (tenant == TenantDeal.CompanyWide)
            return null;
        return utf8.AsMemory(tenant * SampleId.Length, SampleId.Length);
    }

    /// <summary>Returns the tenant that the key of a row is derived for.</summary>
    public string Derived(int tenant) => tenant == TenantDeal.CompanyWide ? WhenNull : text[tenant];

    /// <summary>Returns a tenant that the row does not belong to.</summary>
    public string Foreign(int tenant) => tenant == text.Length - 1 ? WhenNull : text[tenant + 1];
}
