using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>Notes behind row-level security, and a role that it applies to.</summary>
internal sealed class PolicyFixture : IAsyncDisposable
{
    public const string Setting = "app.current_tenant_id";

    private readonly Fixture owner;
    private readonly TestRole role;
    private readonly Fixture subject;

    private PolicyFixture(Fixture owner, TestRole role, Fixture subject) =>
        (this.owner, this.role, this.subject) = (owner, role, subject);

    /// <summary>Sees every row.</summary>
    public Fixture Owner => owner;

    /// <summary>Sees the rows of one tenant at a time, and those without tenant.</summary>
    public Fixture Subject => subject;

    /// <summary>The name of the role that the policies apply to.</summary>
    public string Role => role.Name;

    /// <summary>An entry with the policy's setting and, for rows without tenant, company_hq.</summary>
    public static TableEntry Entry(string? tenants = null) =>
        Entries.Notes with
        {
            TenantWhenNull = "company_hq",
            RowLevelSecurity = new RowLevelSecurity(Setting, tenants),
        };

    /// <summary>Sixty rows of three tenants and five without.</summary>
    public static async Task<PolicyFixture> CreateAsync(TableEntry entry, bool foreignKey = true)
    {
        var owner = await Fixture.CreateAsync(entry with { RowLevelSecurity = null });
        var role = await TestRole.CreateAsync(owner);
        await owner.ExecuteAsync(
            "CREATE TABLE tenants (id text PRIMARY KEY); INSERT INTO tenants VALUES ('tenant-0'), ('tenant-1'), ('tenant-2'), ('idle')"
        );
        await owner.CreateNotesAsync();
        await owner.InsertAsync(Note.Many(60));
        await owner.InsertAsync(
            Enumerable.Range(1, 5).Select(i => Note.Of($"h{i}", "company_hq") with { Tenant = null })
        );
        await owner.ExecuteAsync(
            $"""
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            CREATE POLICY of_tenant ON notes
                USING (tenant IS NULL OR tenant = current_setting('{Setting}', true));
            """
        );
        if (foreignKey)
            await owner.ExecuteAsync("ALTER TABLE notes ADD FOREIGN KEY (tenant) REFERENCES tenants");
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await role.GrantAsync("SELECT", "tenants");
        return new PolicyFixture(owner, role, owner.Variant([entry], user: role.Name));
    }

    public async ValueTask DisposeAsync()
    {
        await subject.DisposeAsync();
        await role.DisposeAsync();
        await owner.DisposeAsync();
    }
}
