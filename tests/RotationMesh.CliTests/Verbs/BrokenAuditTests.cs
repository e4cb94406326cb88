namespace RotationMesh.CliTests.Verbs;

/// <summary>What <c>audit verify</c> tells of a chain that is broken: where, and what is still proved.</summary>
public sealed class BrokenAuditTests
{
    private Site site = null!;

    [SetUp]
    public async Task Rotate()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        (await site.RunAsync("rotate")).Exits(0);
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task The_first_break_is_named_and_what_stands_before_it_is_proved()
    {
        await site.Database.ExecuteAsync(
            """
            ALTER TABLE rotationmesh.audit_events DISABLE TRIGGER ALL;
            UPDATE rotationmesh.audit_events SET actor = 'mallory' WHERE sequence = 2
            """
        );

        var told = (await site.RunAsync("audit", "verify")).Exits(3).Output;
        var verdict = (await site.RunAsync("--output", "json", "audit", "verify")).Exits(3).Json();

        Assert.That(told, Does.Contain("The chain first breaks at event 2: it is proved up to event 1"));
        Assert.That((long)verdict["brokenAt"]!, Is.EqualTo(2));
        Assert.That((long)verdict["vouchedUpTo"]!, Is.EqualTo(1));
    }
}
