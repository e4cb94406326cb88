namespace RotationMesh.CliTests.Selecting;

/// <summary>The commands of the application's runbook, word for word.</summary>
public sealed class RunbookTests
{
    private Site site = null!;

    [OneTimeSetUp]
    public async Task Load_and_name_a_tenant()
    {
        site = await Site.LoadAsync("--rows", "100", "--tenants", "3");
        // Encrypted values do not move with the name; the tenant's own are written below.
        await site.Database.ExecuteAsync(
            """
            INSERT INTO tenants (id, name) VALUES ('demo-company', 'Demo company');
            """
        );
        foreach (var provider in (string[])["google", "slack", "github"])
            await site.Database.ExecuteAsync(
                $"""
                INSERT INTO connectors (id, "tenantId", provider, "encryptedAccessToken", "updatedAt")
                VALUES ('demo-{provider}', 'demo-company', '{provider}', '{Envelope.Seal(
                    1,
                    "demo-company",
                    "connector-tokens",
                    $"token of {provider}"
                )}', now())
                """
            );
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task The_dry_run_of_one_tenant_counts_its_connectors_and_writes_nothing()
    {
        var bytes = await site.Database.BytesAsync();
        var outcome = await site.RunAsync(
            "rotate",
            "--dry-run",
            "--tenant",
            "demo-company",
            "--only",
            "connectors",
            "--batch-size",
            "250",
            "--output",
            "json"
        );
        var document = outcome.Exits(0).Json();
        Assert.Multiple(() =>
        {
            Assert.That((bool)document["dryRun"]!, Is.True);
            Assert.That(document.Total("rows"), Is.EqualTo(3));
            Assert.That(document.Total("rotated"), Is.EqualTo(3));
            Assert.That((string?)document["within"], Is.EqualTo("scope connectors, tenant demo-company"));
            Assert.That(
                outcome.Error,
                Does.Contain("every row of scope connectors, tenant demo-company can be rotated")
            );
        });
        Assert.That(await site.Database.BytesAsync(), Is.EqualTo(bytes));
    }
}
