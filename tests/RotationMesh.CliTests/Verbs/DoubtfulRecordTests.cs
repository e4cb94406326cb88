namespace RotationMesh.CliTests.Verbs;

/// <summary>Records of rotations that nobody vouches for, and one whose process was killed at its end.</summary>
public sealed class DoubtfulRecordTests
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
    public async Task One_that_is_not_sealed_proves_nothing_and_no_retry_is_advised()
    {
        await site.Database.ExecuteAsync("UPDATE rotationmesh.rotations SET seal = 'forged'");

        var watched = (await site.RunAsync("watch")).Exits(3);
        var report = (await site.RunAsync("report")).Exits(0);
        var listed = (await site.RunAsync("list")).Exits(0);

        Assert.That(
            watched.ToString(),
            Does.Contain("Nobody knows that it completed: its record says Completed")
        );
        Assert.That(
            report.Output,
            Does.Contain("this record proves nothing").And.Not.Contain("rotationmesh retry")
        );
        Assert.That(listed.Output, Does.Contain("CompletedWithFailures (not sealed)"));
    }

    [Test]
    public void Totals_of_an_earlier_release_are_not_written() =>
        Assert.That(
            () =>
                site.Database.ExecuteAsync("UPDATE rotationmesh.rotations SET summary = '{\"Verified\": 1}'"),
            Throws
                .TypeOf<Npgsql.PostgresException>()
                .With.Message.Contains("a newer release has brought this control schema forward")
        );

    [TestCase("jsonb_set(summary, '{Verified}', '1000000')")]
    [TestCase("""'{"Rules": 6}'""")]
    [TestCase("""'{"Tables": 1, "Rules": 6}'""")]
    public async Task One_whose_totals_are_not_sealed_is_listed_as_that(string totals)
    {
        await site.Database.ExecuteAsync($"UPDATE rotationmesh.rotations SET summary = {totals}");

        var listed = (await site.RunAsync("list")).Exits(0);

        Assert.That(listed.Output, Does.Contain("CompletedWithFailures (not sealed)"));
    }

    [Test]
    public async Task One_that_cannot_be_checked_is_no_success()
    {
        foreach (
            var name in site.Variables.Keys.Where(name =>
                name.StartsWith("MASTER_", StringComparison.Ordinal)
            )
        )
            site.Variables[name] = null;

        var watched = (await site.RunAsync("watch")).Exits(3);
        var listed = (await site.RunAsync("list")).Exits(0);
        var shown = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();
        var inList = (await site.RunAsync("--output", "json", "list")).Exits(0).Json()["rotations"]![0]!;

        Assert.That(watched.ToString(), Does.Contain("Completed by its record, not checked"));
        Assert.That(listed.Output, Does.Contain("Completed (not checked)"));
        Assert.That((bool?)shown["checked"], Is.False);
        Assert.That((bool?)inList["checked"], Is.False);
    }

    [Test]
    public async Task One_that_is_checked_says_so()
    {
        var shown = (await site.RunAsync("--output", "json", "status")).Exits(0).Json();

        Assert.That((bool?)shown["checked"], Is.True);
    }

    [Test]
    public async Task One_that_was_cancelled_before_its_first_sweep_has_written_nothing()
    {
        await site.Database.ExecuteAsync(
            """
            UPDATE rotationmesh.rotations
            SET state = 'Cancelled', sweep = 0, settled_sweep = 0, verified_sweep = 0, reason = 'cancelled by ann'
            """
        );

        var watched = (await site.RunAsync("watch")).Exits(5);

        Assert.That(watched.Output, Does.Contain("Cancelled before it began: nothing was written"));
        Assert.That(watched.Output, Does.Not.Contain("still to do"));
    }

    [Test]
    public async Task One_that_was_cancelled_and_killed_before_its_totals_is_not_waited_for()
    {
        await site.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET state = 'Cancelled', concluded = false, summary = NULL, reason = 'cancelled by ann'"
        );

        var watched = (await site.RunAsync("watch")).Exits(5);

        Assert.That(
            watched.ToString(),
            Does.Contain("nobody runs it any more").And.Contain("Cancel it again")
        );
    }
}
