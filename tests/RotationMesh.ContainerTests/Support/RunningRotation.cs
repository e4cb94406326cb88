using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>Rotations of a stack, to and fro between versions 1 and 2, slow enough to lose a container meanwhile.</summary>
internal sealed class RunningRotation(Stack stack)
{
    /// <summary>Makes each batch of entries take half a second.</summary>
    public Task SlowDownAsync() =>
        stack.SqlAsync(
            """
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END';
            CREATE TRIGGER take_time AFTER UPDATE ON knowledge_entries EXECUTE FUNCTION take_time();
            """
        );

    /// <summary>Asks for a rotation to the version that no row has, and returns it once the first rows are written.</summary>
    public async Task<int> BeginAsync()
    {
        var target = await AtAsync(1) > 0 ? 2 : 1;
        (
            await stack.AskAsync("rotate", "--detach", "--target-version", $"{target}", "--allow-downgrade")
        ).Exits(0);
        await Eventually.Holds(
            async () => await AtAsync(target) > 0,
            TimeSpan.FromMinutes(1),
            "rows are written"
        );
        Assert.That(await AtAsync(3 - target), Is.Positive, "it is still under way");
        return target;
    }

    /// <summary>Follows it to its end, which is Completed with exit code 0 and every row at the version.</summary>
    public async Task CompletesAsync(int target)
    {
        var ended = await stack.AskAsync("watch");
        ended.Exits(0);
        Assert.That(ended.Output, Does.Contain($"Completed: every row is at version {target}"));
        Assert.That(await AtAsync(3 - target), Is.Zero);
    }

    // Rows of the three tables that are at a version.
    private async Task<long> AtAsync(int version) =>
        (long)
            (
                await stack.SqlAsync(
                    $"""
                    SELECT (SELECT count(*) FROM connectors WHERE encryption_key_version = {version})
                         + (SELECT count(*) FROM knowledge_entries WHERE encryption_key_version = {version})
                         + (SELECT count(*) FROM knowledge_sources WHERE encryption_key_version = {version})
                    """
                )
            )!;
}
