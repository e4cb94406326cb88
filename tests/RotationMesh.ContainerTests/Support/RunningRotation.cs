using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>Rotations of a stack, to and fro between versions 1 and 2, slow enough to lose a container meanwhile.</summary>
internal sealed class RunningRotation(Stack stack)
{
    /// <summary>Makes each batch of entries take longer. A partition has ten, and more with values outside; it may take 45 seconds.</summary>
    public Task SlowDownAsync(int seconds) =>
        stack.SqlAsync(
            $"""
            CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
            CREATE TRIGGER take_time AFTER UPDATE ON knowledge_entries EXECUTE FUNCTION take_time();
            """
        );

    /// <summary>Asks for a rotation to the version that no row has, and returns it once the first rows are written.</summary>
    public async Task<int> BeginAsync()
    {
        var target = await OtherAsync();
        (await stack.AskAsync([.. Order(target), "--detach"])).Exits(0);
        await IsUnderWayAsync(target);
        return target;
    }

    /// <summary>Some rows are at the version, and some are not.</summary>
    public async Task IsUnderWayAsync(int target)
    {
        await Eventually.Holds(
            async () => await AtAsync(target) > 0,
            TimeSpan.FromMinutes(1),
            "rows are written"
        );
        Assert.That(await AtAsync(3 - target), Is.Positive, "it is still under way");
    }

    /// <summary>Follows it to its end, which is Completed with exit code 0 and every row at the version.</summary>
    public async Task CompletesAsync(int target) =>
        await CompletedAsync(await stack.AskAsync("watch"), target);

    /// <summary>The same of a rotation that its client follows from the beginning, while something happens.</summary>
    public async Task CompletesInTheForegroundAsync(Func<Task> meanwhile)
    {
        var target = await OtherAsync();
        await using var client = await stack.StartAskingAsync(Order(target));
        await IsUnderWayAsync(target);
        await meanwhile();
        await CompletedAsync(await client.EndAsync(Stack.Deadline), target);
    }

    private async Task CompletedAsync(ProcessOutcome client, int target)
    {
        client.Exits(0);
        Assert.That(
            client.Output,
            Does.Match($"Completed: every row is at version {target}; all [0-9,]+ rows decrypted again")
        );
        Assert.That(await AtAsync(3 - target), Is.Zero);
    }

    private static string[] Order(int target) =>
        ["rotate", "--target-version", $"{target}", "--allow-downgrade"];

    private async Task<int> OtherAsync() => await AtAsync(1) > 0 ? 2 : 1;

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
