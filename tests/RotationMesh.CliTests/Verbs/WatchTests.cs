namespace RotationMesh.CliTests.Verbs;

/// <summary><c>watch</c> without an id: whoever means another rotation sees which one the exit code is of.</summary>
public sealed class WatchTests
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
    public async Task One_that_had_ended_before_is_named_and_nothing_was_followed()
    {
        var id = (Guid)(await site.RunAsync("--output", "json", "status")).Json()["rotationId"]!;

        var latest = (await site.RunAsync("watch")).Exits(0);
        var named = (await site.RunAsync("watch", $"{id}")).Exits(0);

        Assert.That(
            latest.Error,
            Does.Contain($"Rotation {id}, the latest, ended ").And.Contain(": nothing was followed")
        );
        Assert.That(named.Error, Does.Not.Contain("the latest"));
    }

    [Test]
    public async Task A_later_start_that_was_refused_is_told_and_not_the_rotation_before_it()
    {
        await site.Database.ExecuteAsync(
            """
            INSERT INTO rotationmesh.requests (rotation_id, kind, message, refused_at, refused_for)
            VALUES (gen_random_uuid(), 'StartRotation', '{}', now(), 'it was asked too long ago: ask again')
            """
        );

        var watched = (await site.RunAsync("watch")).Exits(2);
        var listed = (await site.RunAsync("list")).Exits(0);

        Assert.That(
            watched.Output,
            Does.Contain("Faulted: it was asked too long ago").And.Not.Contain("Completed")
        );
        Assert.That(listed.Output, Does.Contain("Faulted").And.Contain("Completed"));
    }
}
