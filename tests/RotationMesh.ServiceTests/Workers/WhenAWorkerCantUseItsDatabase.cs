using Npgsql;

namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerCantUseItsDatabase
{
    [Test]
    public async Task Its_partitions_go_to_others_and_status_names_it()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 30_000);
        await fixture.StartCoordinator().JoinedAsync();
        var lost = await fixture.StartWorker(Nowhere()).JoinedAsync();
        var rotation = await fixture.RotateAsync();
        var refused = await fixture.UntilAsync(
            rotation,
            now => now.Refusals.Count > 0 && now.Reason is not null,
            "it refuses, and the saga says so"
        );
        var right = await fixture.StartWorker().JoinedAsync();

        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusals[0].Worker, Is.EqualTo(lost.Name));
            Assert.That(refused.Reason, Does.Contain(lost.Name).And.Contain("database 'app' of the map"));
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(ended.Reason, Is.Null);
            Assert.That(await fixture.DoneByAsync(right), Is.Positive);
            Assert.That(await FailedAsync(fixture), Is.Zero);
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
        }
    }

    [Test]
    public async Task A_right_that_its_role_lacks_is_named()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 1000);
        var role = $"reader_{Guid.NewGuid():N}";
        await fixture.Database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN BYPASSRLS PASSWORD 'of-a-reader';
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
            """
        );
        var reader = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString)
        {
            Username = role,
            Password = "of-a-reader",
        };
        await fixture.StartCoordinator().JoinedAsync();
        var refusing = await fixture.StartWorker(Database(reader.ConnectionString)).JoinedAsync();
        var rotation = await fixture.RotateAsync();

        var refused = await fixture.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");
        await fixture.StartWorker().JoinedAsync();
        var ended = await fixture.EndAsync(rotation);
        Assert.That(await refusing.StopAsync(), Is.Zero);
        await fixture.Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusals[0].Reason, Does.Contain("UPDATE"));
            Assert.That(ended.State, Is.EqualTo("Completed"));
        }
    }

    private static Task<long> FailedAsync(Fixture fixture) =>
        fixture.Database.ScalarAsync<long>(
            "SELECT count(*) FROM rotationmesh.partitions WHERE state = 'failed' OR failures > 0"
        );

    private static Dictionary<string, string?> Nowhere() =>
        Database($"Host=127.0.0.1;Port=1;Username=none;Password=none;Database=none");

    private static Dictionary<string, string?> Database(string address) =>
        new() { ["APP_DATABASE_URL"] = address };
}
