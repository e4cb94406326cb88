namespace RotationMesh.CliTests.Verbs;

/// <summary>What <c>status</c> shows to people.</summary>
public sealed class StatusTests
{
    private Site site = null!;

    [OneTimeSetUp]
    public async Task Rotate()
    {
        site = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        (await site.RunAsync("rotate")).Exits(0);
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [Test]
    public async Task Several_faults_have_a_line_each()
    {
        await site.Database.ExecuteAsync(
            "UPDATE rotationmesh.rotations SET reason = E'the first\\nthe second'"
        );
        var outcome = (await site.RunAsync("status")).Exits(0);
        Assert.That(outcome.Output, Does.Contain("\n  the first\n  the second\n"));
    }

    [Test]
    public async Task A_control_request_that_was_refused_is_shown_with_its_reason()
    {
        await site.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, refused_at, refused_for)
            SELECT correlation_id, 'CancelRotation', '{"RequestedBy": "ben"}'::jsonb, now(),
                'it was asked too long ago: ask again'
            FROM rotationmesh.rotations
            """
        );

        var outcome = (await site.RunAsync("status")).Exits(0);

        Assert.That(outcome.Output, Does.Contain("  cancel was refused, asked "));
        Assert.That(outcome.Output, Does.Contain(" by ben: it was asked too long ago: ask again\n"));
    }

    [Test]
    public async Task One_of_a_part_of_the_rows_is_shown_as_such()
    {
        await using var other = await Site.LoadAsync("--rows", "50", "--tenants", "2");
        var tenant = await other.Database.ScalarAsync<string>("SELECT min(id) FROM tenants");
        (
            await other.RunAsync("rotate", "--only", "connectors", "--tenant", tenant!, "--verify", "counts")
        ).Exits(0);

        var outcome = (await other.RunAsync("status")).Exits(0);

        Assert.That(
            outcome.Output,
            Does.Contain($"\n  limited to scope connectors, tenant {tenant}\n")
                .And.Contain("\n  verification: counts\n")
        );
    }

    [TestCase("70 seconds", ", 00:01:10")]
    [TestCase("26 hours", ", 1.02:00:00")]
    public async Task Days_are_shown_where_there_are_some(string elapsed, string shown)
    {
        await site.Database.ExecuteAsync(
            $"UPDATE rotationmesh.rotations SET started_at = ended_at - interval '{elapsed}'"
        );
        var outcome = (await site.RunAsync("status")).Exits(0);
        Assert.That(outcome.Output, Does.Contain($"{shown}\n"));
    }
}
