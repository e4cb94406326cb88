using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Tenants named by the operator, where the tenant column is no text.</summary>
public sealed class TenantTypeTests
{
    private const string Known = "0197a000-0000-7000-8000-00000000000a";

    [TestCase(false)]
    [TestCase(true)]
    public async Task Text_that_is_no_tenant_of_that_type_is_one_clear_error(bool dryRun)
    {
        await using var fixture = await CreateAsync();

        var fault = Assert.ThrowsAsync<UsageException>(() =>
            fixture.RotateAsync(tenants: [Known, "acme"], dryRun: dryRun)
        );

        Assert.That(fault.Message.Split('\n'), Has.Length.EqualTo(1));
        Assert.That(
            fault.Message,
            Does.Contain("'acme'").And.Contain("uuid").And.Contain("tenant").And.Not.Contain("22P02")
        );
    }

    [TestCase("uuid", "0197A000-0000-7000-8000-00000000000A", Known)]
    [TestCase("char(40)", Known + "  ", Known)]
    public async Task A_tenant_is_named_as_it_stands_there_so_that_two_rotations_never_have_it(
        string type,
        string named,
        string written
    )
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync($"ALTER TABLE notes ALTER tenant TYPE {type}");

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.RotateAsync(tenants: [named]));
        var report = await fixture.RotateAsync(tenants: [written]);

        Assert.That(fault.Message, Does.Contain($"'{named}' is written '{written}'"));
        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 1L)));
    }

    [Test]
    public async Task The_tenant_that_stands_for_NULL_need_not_be_of_that_type()
    {
        await using var fixture = await CreateAsync();

        var report = await fixture.RotateAsync(tenants: ["company_hq", Known]);

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("Completed", 2L)));
    }

    [TestCase("citext")]
    [TestCase("text COLLATE any_case")]
    public async Task A_tenant_takes_no_other_that_differs_in_case(string type)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE EXTENSION citext;
            CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE notes (id text PRIMARY KEY, tenant {type}, body text, version int DEFAULT 1)
            """
        );
        await fixture.InsertAsync([Note.Of("a", "acme"), Note.Of("b", "Acme"), Note.Of("c", "ACME")]);

        var one = await fixture.RotateAsync(tenants: ["acme"]);
        var left = await fixture.QueryAsync<string>("SELECT id FROM notes WHERE version = 1 ORDER BY id");
        var unknown = Assert.ThrowsAsync<UsageException>(() => fixture.RotateAsync(tenants: ["aCmE"]));
        var all = await fixture.RotateAsync();

        Assert.That(
            (one.State, one.Tables[0].Rotated, one.Tables[0].Rows),
            Is.EqualTo(("Completed", 1L, 1L))
        );
        Assert.That(left, Is.EqualTo(["b", "c"]));
        Assert.That(unknown.Message, Does.Contain("no table of the map has rows of tenant 'aCmE'"));
        Assert.That((all.State, all.Tables[0].Rotated), Is.EqualTo(("Completed", 2L)));
        foreach (var (id, tenant) in new[] { ("a", "acme"), ("b", "Acme"), ("c", "ACME") })
        {
            var body = await fixture.ScalarAsync<string>("SELECT body FROM notes WHERE id = @id", new { id });
            Assert.That(Value.Open(body, tenant, 2), Is.EqualTo($"body of {id}"));
        }
    }

    [TestCase("char(12)")]
    [TestCase("padded")]
    public async Task Keys_of_a_padded_tenant_are_derived_with_its_padding_where_the_map_says_so(string type)
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                TenantPadding = true,
                TenantWhenNull = "company_hq",
            }
        );
        await fixture.ExecuteAsync(
            $"""
            CREATE DOMAIN padded AS char(12);
            CREATE TABLE notes (id text PRIMARY KEY, tenant {type}, body text, version int DEFAULT 1)
            """
        );
        var padded = Note.Of("a", "acme        ");
        await fixture.InsertAsync([padded, Note.Of("b", "company_hq") with { Tenant = null }]);
        await fixture.InsertAsync([padded with { Id = "c", Body = "(bad)" }]);

        var report = await fixture.RotateAsync(tenants: ["acme", "company_hq"]);

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((2L, 1L)));
        Assert.That(report.Failures.Single().Tenant, Is.EqualTo("acme"));
        Assert.That((await fixture.VerifyAsync()).Failures, Has.Count.EqualTo(1));
        var body = await fixture.ScalarAsync<string>("SELECT body FROM notes WHERE id = 'a'");
        Assert.That(Value.Open(body, "acme        ", 2), Is.EqualTo("body of a"));
    }

    [Test]
    public async Task Padding_is_asked_for_where_the_map_says_nothing_and_refused_where_there_is_none()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant char(12), body text, version int DEFAULT 1)"
        );
        await fixture.InsertAsync(
            Note.Many(30).Select(note => note with { Body = Value.Seal("x", note.Tenant!.PadRight(12)) })
        );

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.RotateAsync());
        Assert.That(fault.Message, Does.Contain("tenantPadding"));

        await fixture.ExecuteAsync("ALTER TABLE notes ALTER tenant TYPE text");
        await using var padding = fixture.Variant([Entries.Notes with { TenantPadding = true }]);
        var refused = await padding.Schema.CheckAsync(padding.Map.Tables, true, CancellationToken.None);
        Assert.That(refused.Faults.Single().ToString(), Does.Contain("text, which is never padded"));
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(Entries.Notes with { TenantWhenNull = "company_hq" });
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant uuid, body text, version int DEFAULT 1)"
        );
        foreach (
            var (id, tenant) in new (string, string?)[]
            {
                ("n1", Known),
                ("n2", null),
                ("n3", Guid.Empty.ToString()),
            }
        )
            await fixture.ExecuteAsync(
                "INSERT INTO notes VALUES (@id, @tenant::uuid, @body, 1)",
                new
                {
                    id,
                    tenant,
                    body = Value.Seal($"body of {id}", tenant ?? "company_hq", 1),
                }
            );
        return fixture;
    }
}
