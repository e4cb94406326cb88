using System.Text.Json.Nodes;
using RotationMesh.ServiceTests.Messages;
using RotationMesh.TestKit.Deployment;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>The users that compose/ makes in RabbitMQ.</summary>
public sealed class WhenUsersComeFromDefinitions
{
    [Test]
    public async Task Their_rights_are_enough_for_a_rotation()
    {
        using var secrets = await ComposeSecrets.MakeAsync();
        await using var broker = await RabbitMqServer.StartAsync();
        await broker.Management.ImportAsync(secrets.Read("rabbitmq/definitions.json"));
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        // The worker comes first: it finds nothing that a coordinator has declared.
        var worker = await fixture.StartWorker(As("worker")).JoinedAsync();
        var coordinator = await fixture.StartCoordinator(As("coordinator")).JoinedAsync();

        var ended = await fixture.EndAsync(await fixture.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await fixture.DoneByAsync(worker), Is.Positive);
            Assert.That(worker.Output + coordinator.Output, Does.Not.Contain("ACCESS_REFUSED"));
        }

        Dictionary<string, string?> As(string part) =>
            new() { ["ROTATIONMESH_RABBITMQ"] = secrets.Address(part, "ROTATIONMESH_RABBITMQ", broker.Port) };
    }

    [Test]
    public async Task The_worker_s_rights_are_those_of_the_docs_and_nobody_is_an_administrator()
    {
        using var secrets = await ComposeSecrets.MakeAsync();
        var definitions = JsonNode.Parse(secrets.Read("rabbitmq/definitions.json"))!;
        var worker = definitions["permissions"]!
            .AsArray()
            .Single(permission => (string)permission!["user"]! == "worker")!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That((string)worker["configure"]!, Is.EqualTo(WorkerUser.Configure));
            Assert.That((string)worker["write"]!, Is.EqualTo(WorkerUser.Write));
            Assert.That((string)worker["read"]!, Is.EqualTo(WorkerUser.Read));
            Assert.That(
                definitions["users"]!.AsArray().SelectMany(user => user!["tags"]!.AsArray()),
                Is.Empty
            );
        }
    }
}
