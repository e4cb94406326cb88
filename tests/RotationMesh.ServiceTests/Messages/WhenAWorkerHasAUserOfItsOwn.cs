namespace RotationMesh.ServiceTests.Messages;

public sealed class WhenAWorkerHasAUserOfItsOwn
{
    // As README.md gives them.
    private const string Configure =
        "^rotationmesh-((rotate|verify)-partition|partition-(rotated|verified|refused|failed|returned|alive)|rows-failed|worker-seen|dead-letters)$";
    private const string Write = Configure;
    private const string Read = "^rotationmesh-((rotate|verify)-partition|dead-letters)$";

    [Test]
    public async Task The_documented_permissions_suffice_for_a_rotation_and_its_failures()
    {
        await using var stage = await Stage.LoadAsync(rows: 2000);
        var address = await stage.Broker.AddUserAsync(Configure, Write, Read);
        // The worker comes first: it finds nothing that a coordinator has declared.
        var worker = await stage
            .StartWorker(new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = address })
            .JoinedAsync();
        await stage.StartCoordinator().JoinedAsync();
        await stage.Database.ExecuteAsync(
            "UPDATE knowledge_entries SET content = 'AAAA' WHERE id = (SELECT min(id) FROM knowledge_entries)"
        );

        var ended = await stage.EndAsync(await stage.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(ended.Totals.Failed, Is.EqualTo(1));
            Assert.That(await stage.DoneByAsync(worker), Is.Positive);
            Assert.That(worker.Output, Does.Not.Contain("ACCESS_REFUSED"));
        }
    }
}
