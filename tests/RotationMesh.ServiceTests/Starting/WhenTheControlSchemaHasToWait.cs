using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Starting;

/// <summary>A synchronous standby of the control database is gone, and no commit ends.</summary>
public sealed class WhenTheControlSchemaHasToWait
{
    [Test]
    public async Task The_coordinator_says_for_what_and_starts_when_it_is_over()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var control = await server.CreateDatabaseAsync();
        await using var fixture = await Fixture.LoadAsync(rows: 100);
        fixture.AddToMap("control: { connectionString: \"${CONTROL_DATABASE_URL}\" }");
        await ListenToAsync(control, "gone");

        var coordinator = fixture.StartCoordinator(
            new KeyValuePair<string, string?>("CONTROL_DATABASE_URL", control.ConnectionString)
        );
        await Eventually.Holds(
            () => Task.FromResult(coordinator.Says("synchronous_standby_names") > 0),
            ServiceRun.Deadline,
            "it says what it waits for"
        );
        await ListenToAsync(control, "");

        await coordinator.JoinedAsync();
        Assert.That(coordinator.Output, Does.Contain("Not in service yet"));
    }

    private static async Task ListenToAsync(TestDatabase database, string standby)
    {
        await database.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{standby}'");
        await database.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.Holds(
            async () => await database.ScalarAsync<string>("SHOW synchronous_standby_names") == standby,
            ServiceRun.Deadline,
            "the server has read its configuration"
        );
    }
}
