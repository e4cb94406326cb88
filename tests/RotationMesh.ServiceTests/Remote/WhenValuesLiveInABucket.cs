using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RotationMesh.TestKit.Http;
using RotationMesh.TestKit.S3;

namespace RotationMesh.ServiceTests.Remote;

/// <summary>Rows whose values live in S3, rotated by workers of the mesh, and the post-check that a coordinator asks then.</summary>
public sealed class WhenValuesLiveInABucket
{
    private const string External = "external: \"content = '__external_storage__'\"";

    [Test]
    public async Task Workers_move_them_and_the_coordinator_asks_the_application()
    {
        await using var application = await AskedApplication.StartAsync();
        application.Answer = context => context.Response.WriteAsync("""{ "state": "done" }""");
        await using var bucket = await TestBucket.CreateAsync();
        await using var fixture = await Fixture.LoadAsync(rows: 300);
        var before = await MoveAsync(fixture, bucket, rows: 40);
        AddToMap(fixture, bucket, application);
        Dictionary<string, string?> credentials = new()
        {
            ["AWS_ACCESS_KEY_ID"] = bucket.Server.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = bucket.Server.SecretAccessKey,
        };
        var coordinator = await fixture.StartCoordinator(credentials).JoinedAsync();
        await fixture.StartWorker(credentials).JoinedAsync();
        await fixture.StartWorker(credentials).JoinedAsync();

        var rotated = (await coordinator.AskAsync("--output", "json", "rotate")).Exits(0).Json();

        Assert.That((long)rotated["totals"]!["external"]!, Is.Zero);
        Assert.That((bool)rotated["postChecks"]![0]!["passed"]!, Is.True);
        Assert.That(application.Asked, Is.EqualTo(["/export"]));
        Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        foreach (var (key, envelope) in before)
            Assert.That(Envelope((await bucket.GetAsync(key)).Body), Is.Not.EqualTo(envelope));
        (await coordinator.AskAsync("verify")).Exits(0);
    }

    // Takes values out of their rows, as the application does.
    private static async Task<Dictionary<string, string>> MoveAsync(
        Fixture fixture,
        TestBucket bucket,
        int rows
    )
    {
        var moved = new Dictionary<string, string>();
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT id, content FROM knowledge_entries ORDER BY id LIMIT {rows}";
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                moved[$"entries/{reader.GetString(0)}"] = reader.GetString(1);
        }

        foreach (var (key, envelope) in moved)
            await bucket.PutAsync(key, $$"""{ "encrypted": "{{envelope}}", "kept": true }""");
        await fixture.Database.ExecuteAsync(
            $"""
            UPDATE knowledge_entries SET content = '__external_storage__', storage_key = 'entries/' || id
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT {rows})
            """
        );
        return moved;
    }

    private static void AddToMap(Fixture fixture, TestBucket bucket, AskedApplication application)
    {
        var file = Path.Combine(fixture.Folder, "rotation.yaml");
        File.WriteAllText(
            file,
            File.ReadAllText(file)
                .Replace(
                    External,
                    $"{External}\n      externalStore: {{ s3: {{ endpoint: \"{bucket.Server.Url}\", bucket: {bucket.Name}, key: storage_key }} }}",
                    StringComparison.Ordinal
                )
        );
        fixture.AddToMap(
            $"postChecks: [ {{ name: export, url: \"{application.Url}/export\", pointer: /state, value: done }} ]"
        );
    }

    private static string Envelope(string document) => (string)JsonNode.Parse(document)!["encrypted"]!;
}
