namespace RotationMesh.ServiceTests.Workers;

public sealed class WhenAWorkerHasAnotherDatabase
{
    [Test]
    public async Task Doctor_says_so_before_a_rotation_and_status_names_it_while_its_partitions_go_to_others()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 1000);
        await using var copy = await fixture.Database.CopyAsync();
        var coordinator = await fixture.StartCoordinator().JoinedAsync();
        var strayed = await fixture
            .StartWorker(new KeyValuePair<string, string?>("APP_DATABASE_URL", copy.ConnectionString))
            .JoinedAsync();
        await TestKit.Eventually.Holds(
            async () =>
                (await coordinator.AskAsync("doctor")).Output.Contains(
                    "its connection string for database app leads to another database"
                ),
            ServiceRun.Deadline,
            "doctor says so"
        );
        var rotation = await fixture.RotateAsync();
        var refused = await fixture.UntilAsync(rotation, now => now.Refusals.Count > 0, "it refuses");
        await fixture.StartWorker().JoinedAsync();

        var ended = await fixture.EndAsync(rotation);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Refusals[0].Worker, Is.EqualTo(strayed.Name));
            Assert.That(
                refused.Refusals[0].Reason,
                Does.Contain("database app").And.Contain(copy.Name).And.Contain("connection string")
            );
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await fixture.DoneByAsync(strayed), Is.Zero);
            Assert.That(
                await copy.ScalarAsync<long>(
                    "SELECT count(*) FROM knowledge_entries WHERE encryption_key_version <> 1"
                ),
                Is.Zero
            );
        }
    }
}
