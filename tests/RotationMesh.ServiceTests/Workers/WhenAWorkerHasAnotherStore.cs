using RotationMesh.TestKit;
using RotationMesh.TestKit.S3;

namespace RotationMesh.ServiceTests.Workers;

/// <summary>Where external values are, the environment may say; a worker that is told of another place touches none.</summary>
public sealed class WhenAWorkerHasAnotherStore
{
    private const string External = "external: \"content = '__external_storage__'\"";

    [Test]
    public async Task It_writes_nothing_and_the_refusal_names_both_places()
    {
        await using var bucket = await TestBucket.CreateAsync();
        await using var fixture = await Fixture.LoadAsync(rows: 300);
        Describe(fixture, bucket);
        var staging = bucket.Server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var coordinator = await fixture.StartCoordinator(Variables(bucket)).JoinedAsync();
        var strayed = await fixture.StartWorker(Variables(bucket, staging)).JoinedAsync();
        await using var rotating = (await coordinator.AskCommandAsync("rotate")).Start();

        await Eventually.Holds(
            async () =>
                (await coordinator.AskAsync("status")).Output is var said
                && said.Contains(
                    $"external values of table knowledge_entries are in bucket {bucket.Name} at {staging} there"
                )
                && said.Contains($"in bucket {bucket.Name} at {bucket.Server.Url} for the coordinator"),
            ServiceRun.Deadline,
            "status names both places"
        );

        Assert.That(await fixture.DoneByAsync(strayed), Is.Zero);
        await fixture.StartWorker(Variables(bucket)).JoinedAsync();
        (await rotating.EndAsync(ServiceRun.Deadline)).Exits(0);
    }

    [Test]
    public async Task A_coordinator_that_may_not_read_the_store_ends_nothing_and_says_why()
    {
        await using var bucket = await TestBucket.CreateAsync();
        await using var fixture = await Fixture.LoadAsync(rows: 300);
        Describe(fixture, bucket);
        await MoveAsync(fixture, bucket);
        var wrong = Variables(bucket);
        wrong["AWS_SECRET_ACCESS_KEY"] = "wrong-0123456789";
        var coordinator = await fixture.StartCoordinator(wrong).JoinedAsync();
        await fixture.StartWorker(Variables(bucket)).JoinedAsync();
        await using var rotating = (await coordinator.AskCommandAsync("rotate")).Start();

        await Eventually.Holds(
            async () =>
                (await coordinator.AskAsync("status")).Output.Contains(
                    "a sample of its own could not be decrypted: external store of table knowledge_entries"
                ),
            ServiceRun.Deadline,
            "status tells that the coordinator could not look"
        );

        Assert.That(await coordinator.StopAsync(), Is.Zero);
        var able = await fixture.StartCoordinator(Variables(bucket)).JoinedAsync();
        await Eventually.Holds(
            async () => (await able.AskAsync("status")).Output.Contains("Completed"),
            ServiceRun.Deadline,
            "it is completed"
        );
    }

    private static Dictionary<string, string?> Variables(TestBucket bucket, string? store = null) =>
        new()
        {
            ["STORE_URL"] = store ?? bucket.Server.Url,
            ["AWS_ACCESS_KEY_ID"] = bucket.Server.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = bucket.Server.SecretAccessKey,
        };

    private static void Describe(Fixture fixture, TestBucket bucket)
    {
        var file = Path.Combine(fixture.Folder, "rotation.yaml");
        File.WriteAllText(
            file,
            File.ReadAllText(file)
                .Replace(
                    External,
                    $"{External}\n      externalStore: {{ s3: {{ endpoint: \"${{STORE_URL}}\", bucket: {bucket.Name}, key: storage_key }} }}",
                    StringComparison.Ordinal
                )
        );
    }

    // Takes values out of their rows, as the application does.
    private static async Task MoveAsync(Fixture fixture, TestBucket bucket)
    {
        var entries = await fixture.Database.ScalarAsync<string>(
            "SELECT string_agg(id || ' ' || content, ',') FROM (SELECT * FROM knowledge_entries ORDER BY id LIMIT 5) AS first"
        );
        foreach (var entry in entries!.Split(',').Select(entry => entry.Split(' ')))
        {
            await bucket.PutAsync($"entries/{entry[0]}", $$"""{ "encrypted": "{{entry[1]}}" }""");
            await fixture.Database.ExecuteAsync(
                $"""
                UPDATE knowledge_entries SET content = '__external_storage__', storage_key = 'entries/' || id
                WHERE id = '{entry[0]}'
                """
            );
        }
    }
}
