using System.Text.Json;
using RotationMesh.Client;
using RotationMesh.Core;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Rotations;

public sealed class WhenARotationIsAskedForRemotely
{
    private SampleSite site = null!;
    private ApiServer server = null!;
    private Coordinator coordinator = null!;
    private RemoteRotations rotations = null!;

    [SetUp]
    public async Task Start()
    {
        site = await SampleSite.LoadAsync(
            new SampleOptions
            {
                Rows = 2000,
                Tenants = 5,
                Corrupt = 7,
                External = 3,
            }
        );
        server = await ApiServer.StartAsync(site);
        coordinator = new Coordinator(server.Address, null);
        rotations = new RemoteRotations(coordinator);
    }

    [TearDown]
    public async Task Stop()
    {
        coordinator.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
    }

    [Test]
    public async Task It_is_followed_to_its_end_and_told_as_it_is()
    {
        var id = await rotations.StartAsync(Order(), CancellationToken.None);
        var last = await FollowAsync(id);

        Assert.That(last.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(last.Totals.Failed, Is.EqualTo(7));
        Assert.That(last.Failures, Has.Count.EqualTo(7));
        var local = await site.Rotations.FindAsync(id, CancellationToken.None);
        Assert.That(Text(last), Is.EqualTo(Text(local)));
        Assert.That(
            Text(await rotations.FindAsync(null, CancellationToken.None)),
            Is.EqualTo(Text(local)),
            "the latest"
        );
        Assert.That(
            Text(await rotations.ListFailuresAsync(id, CancellationToken.None)),
            Is.EqualTo(Text(await site.Rotations.ListFailuresAsync(id, CancellationToken.None)))
        );
        Assert.That(
            Text(await rotations.ListAsync(CancellationToken.None)),
            Is.EqualTo(Text(await site.Rotations.ListAsync(CancellationToken.None)))
        );
    }

    [Test]
    public async Task Asking_again_under_the_same_id_starts_nothing_else()
    {
        var order = Order() with { RotationId = Guid.CreateVersion7() };
        var first = await rotations.StartAsync(order, CancellationToken.None);
        var second = await rotations.StartAsync(order, CancellationToken.None);
        await FollowAsync(first);
        var third = await rotations.StartAsync(order, CancellationToken.None);

        Assert.That(
            (first, second, third),
            Is.EqualTo((order.RotationId, order.RotationId, order.RotationId))
        );
        var list = await rotations.ListAsync(CancellationToken.None);
        Assert.That(list.Rotations, Has.Count.EqualTo(1));
        Assert.That(list.Rotations[0].State, Is.EqualTo("CompletedWithFailures"));
    }

    [Test]
    public async Task Asking_for_something_else_under_the_same_id_is_refused()
    {
        var order = Order() with { RotationId = Guid.CreateVersion7() };
        await rotations.StartAsync(order, CancellationToken.None);
        RotationOrder[] others =
        [
            order with
            {
                TargetVersion = 1,
                AllowDowngrade = true,
            },
            order with
            {
                Rows = new RowSelection { Only = ["connectors"] },
            },
            order with
            {
                Rows = new RowSelection { Tenants = ["acme"] },
            },
            order with
            {
                AllowDowngrade = true,
            },
            order with
            {
                Verify = "counts",
            },
        ];

        async Task AllAreRefusedAsync()
        {
            foreach (var other in others)
                Assert.That(
                    () => rotations.StartAsync(other, CancellationToken.None),
                    Throws
                        .TypeOf<UsageException>()
                        .With.Message.Contains($"{order.RotationId} was asked for before")
                );
        }

        await AllAreRefusedAsync();
        await FollowAsync(order.RotationId.Value);
        await AllAreRefusedAsync();
    }

    [Test]
    public async Task What_its_state_does_not_allow_is_refused()
    {
        var id = await rotations.StartAsync(Order(), CancellationToken.None);
        await FollowAsync(id);
        using var caller = new Caller(server.Address);
        var answer = await caller.PostAsync($"/v1/rotations/{id}/steering", """{ "steering": "Resume" }""");

        Assert.That(answer.IsProblem(409), Does.Contain("CompletedWithFailures"));
        Assert.That(
            () =>
                rotations.ControlAsync(
                    id,
                    new ControlOrder { Action = ControlAction.Pause, RequestedBy = "ann" },
                    CancellationToken.None
                ),
            Throws.TypeOf<UsageException>().With.Message.Contain("CompletedWithFailures")
        );
    }

    [Test]
    public void An_unknown_one_is_told() =>
        Assert.That(
            () => rotations.FindAsync(Guid.CreateVersion7(), CancellationToken.None),
            Throws.TypeOf<UnknownRotationException>().With.Message.Contain("there is no rotation")
        );

    private static RotationOrder Order() => new() { RequestedBy = "ann", BatchSize = 100 };

    private async Task<RotationDocument> FollowAsync(Guid id)
    {
        RotationDocument? last = null;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (var now in rotations.FollowAsync(id, deadline.Token))
            last = now;
        return last!;
    }

    private static string Text<T>(T document) => JsonSerializer.Serialize(document);
}
