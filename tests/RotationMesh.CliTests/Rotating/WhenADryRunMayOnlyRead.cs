namespace RotationMesh.CliTests.Rotating;

/// <summary>A dry run of a role that may read the tables and nothing more.</summary>
public sealed class WhenADryRunMayOnlyRead
{
    private Site site = null!;
    private Role role = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "200", "--tenants", "3");
        role = await Role.CreateAsync(site.Database);
        await site.Database.ExecuteAsync($"REVOKE UPDATE ON knowledge_sources FROM {role.Name}");
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;
    }

    [TearDown]
    public async Task Drop()
    {
        await role.DisposeAsync();
        await site.DisposeAsync();
    }

    [Test]
    public async Task It_runs_and_says_that_the_rotation_itself_would_be_refused()
    {
        var refusal = (await site.RunAsync("rotate")).Refusal();

        var dry = (await site.RunAsync("--output", "json", "rotate", "--dry-run")).Exits(0);

        var refused = $"would be refused now: {refusal["rotationmesh: ".Length..]}";
        Assert.That(refusal, Does.Contain("knowledge_sources"));
        Assert.That(
            dry.Json()["notes"]!.AsArray().Select(note => (string)note!),
            Has.One.EqualTo($"rotate itself {refused}")
        );
        Assert.That((string?)dry.Json()["reason"], Is.EqualTo($"rotate itself {refused}"));
        Assert.That(dry.Error, Does.Contain($", but rotate itself {refused}; nothing was written"));
        Assert.That(dry.Json().Total("rotated"), Is.EqualTo(dry.Json().Total("rows")));
        Assert.That(await site.Database.HasControlSchemaAsync(), Is.False);
    }
}
