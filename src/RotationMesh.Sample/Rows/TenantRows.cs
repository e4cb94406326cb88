using System.Text;
using Npgsql;

namespace RotationMesh.Sample;

/// <summary>Rows of <c>tenants</c>.</summary>
internal sealed class TenantRows(SamplePlan plan)
    : SampleTable(plan, "tenants", """id, name, "createdAt" """, plan.Options.Tenants)
{
    public override void Write(NpgsqlBinaryImporter copy, int row)
    {
        var draw = new Draw(Plan.Options.Seed, Draw.Stream.Tenant, row);
        copy.TextOrNull(Plan.Tenants.Stored(row));
        copy.Text(Encoding.ASCII.GetBytes($"Tenant {row + 1}"));
        copy.Time(Created(ref draw));
    }
}
