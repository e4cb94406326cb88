namespace RotationMesh.CliTests.Selecting;

/// <summary><c>--tenant</c>: only the rows of the tenants that are named.</summary>
public sealed class TenantSelectionTests
{
    private Site site = null!;
    private IReadOnlyList<string> tenants = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "400", "--tenants", "5");
        tenants = await site.Database.QueryAsync<string>("SELECT id FROM tenants ORDER BY id");
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task A_tenant_s_rows_are_rotated_and_no_others()
    {
        await RotatesOnlyAsync($"\"tenantId\" = '{tenants[0]}'", tenants[0]);
    }

    [Test]
    public async Task Several_tenants_may_be_named() =>
        await RotatesOnlyAsync($"\"tenantId\" IN ('{tenants[1]}', '{tenants[3]}')", tenants[1], tenants[3]);

    [Test]
    public async Task Rows_without_tenant_are_rotated_by_the_name_that_they_derive_with() =>
        await RotatesOnlyAsync("\"tenantId\" IS NULL", "company_hq");

    [Test]
    public async Task An_unknown_tenant_is_refused_and_near_names_are_listed()
    {
        var bytes = await site.Database.BytesAsync();
        var line = (await site.RunAsync("rotate", "--tenant", tenants[2][..^1] + "!")).Refusal();
        Assert.That(line, Does.Contain($"'{tenants[2][..^1]}!'").And.Contain($"'{tenants[2]}'"));
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }

    [TestCase("verify")]
    [TestCase("census")]
    public async Task Other_verbs_refuse_an_unknown_tenant_alike(string verb) =>
        Assert.That(
            (await site.RunAsync(verb, "--tenant", "nobody-by-this-name")).Refusal(),
            Does.Contain("'nobody-by-this-name'")
        );

    private async Task RotatesOnlyAsync(string theirs, params string[] named)
    {
        var rows = await site.Database.RowsAsync(theirs);
        Assert.That(rows, Is.GreaterThan(0));
        var outcome = await site.RunAsync([
            "--output",
            "json",
            "rotate",
            .. named.SelectMany(tenant => new[] { "--tenant", tenant }),
        ]);
        Assert.That(outcome.Exits(0).Json().Total("rotated"), Is.EqualTo(rows));
        Assert.That(outcome.Json().Total("rows"), Is.EqualTo(rows));
        Assert.That(
            await site.Database.RowsAsync($"encryption_key_version = 2 AND ({theirs})"),
            Is.EqualTo(rows)
        );
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.EqualTo(rows));
    }
}
