using RotationMesh.Core.Map;
using RotationMesh.Tables.Scanning;
using RotationMesh.UnitTests.MapFile;

namespace RotationMesh.UnitTests.Databases;

/// <summary>By which texts a row says whose it is.</summary>
public sealed class RowTenantsTests
{
    private static readonly KnownTenants Known = new(new HashSet<string> { "7", "acme" }, null);

    [Test]
    public void A_column_named_like_one_that_is_both_key_and_tenant_tells_nothing()
    {
        var near = new RowTenants(Map("key: id, tenant: id")).Of(["id", "payload"], ["7", "x"]);

        Assert.That(near.Named, Is.EqualTo(["7"]));
        Assert.That(Known.AreNamedBy(near), Is.False);
    }

    [Test]
    public void A_tenant_column_tells_with_a_tenant_that_is_known_alone()
    {
        var tenants = new RowTenants(Map("key: id, tenant: tenant_id"));

        Assert.That(Known.AreNamedBy(tenants.Of(["id", "tenantId"], ["1", "acme"])), Is.True);
        Assert.That(Known.AreNamedBy(tenants.Of(["id", "tenantId"], ["7", "another"])), Is.False);
        Assert.That(
            (Known with { Unknown = "more" }).AreNamedBy(tenants.Of(["tenantId"], ["another"])),
            Is.False
        );
    }

    [Test]
    public void A_document_of_more_tenants_than_are_tried_tells_nothing()
    {
        var items = Enumerable.Range(1, 20).Select(at => $$"""{"tenant_id":"{{at}}"}""");
        var near = new RowTenants(Map("key: id, tenant: tenant_id")).Of(
            ["body"],
            [$"[{string.Join(',', items)}]"]
        );

        Assert.That(near.Named, Has.Some.EqualTo("7"));
        Assert.That(Known.AreNamedBy(near), Is.False);
    }

    private static RotationMap Map(string columns) =>
        MapFolder.Read(
            $$"""
            databases: { app: { connectionString: "Host=db;Username=u;Password=p" } }
            keys: { provider: environment }
            formats: { f: { kind: hkdf-aes-256-gcm, salt: s, info: "{tenant}:{context}" } }
            scopes:
              one:
                - { table: notes, database: app, {{columns}}, version: version, columns: { body: { format: f, context: c } } }
            """
        );
}
