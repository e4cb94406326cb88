using RotationMesh.Client;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.ApiTests.Rotations;

public sealed class WhenTheServerIsStartedAgain
{
    [Test]
    public async Task Whoever_follows_a_rotation_goes_on_and_sees_its_end()
    {
        await using var site = await SampleSite.LoadAsync(new SampleOptions { Rows = 1000, Tenants = 5 });
        var server = await ApiServer.StartAsync(site, workers: 0);
        var address = server.Address;
        using var coordinator = new Coordinator(address, null);
        var lost = 0;
        var rotations = new RemoteRotations(coordinator) { Lost = _ => Interlocked.Increment(ref lost) };
        var id = await rotations.StartAsync(
            new RotationOrder { RequestedBy = "ann" },
            CancellationToken.None
        );
        var seen = new List<RotationDocument>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var following = Task.Run(
            async () =>
            {
                await foreach (var now in rotations.FollowAsync(id, deadline.Token))
                {
                    lock (seen)
                        seen.Add(now);
                }
            },
            deadline.Token
        );
        await SeesAsync(() => seen.Any(now => now.State == "Rotating"), "it rotates, without a worker");

        await server.DisposeAsync();
        await SeesAsync(() => Volatile.Read(ref lost) >= 2, "nobody answers");
        await using var again = await ApiServer.StartAsync(site, workers: 2, port: address.Port);
        await following;

        Assert.That(seen[^1].State, Is.EqualTo("Completed"));
        Assert.That(seen[^1].Totals.Pending, Is.Zero);

        Task SeesAsync(Func<bool> condition, string what) =>
            Eventually.Holds(
                () =>
                {
                    lock (seen)
                        return Task.FromResult(condition());
                },
                TimeSpan.FromSeconds(60),
                what
            );
    }

    [Test]
    public async Task A_rotation_can_be_asked_for_before_it_is_there()
    {
        await using var site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        await using var server = await ApiServer.StartAsync(site, workers: 0);
        await using var door = new TcpRelay("127.0.0.1", server.Address.Port);
        using var coordinator = new Coordinator(new Uri($"http://127.0.0.1:{door.Port}"), null);
        var rotations = new RemoteRotations(coordinator);

        Assert.That(
            () => rotations.ListAsync(CancellationToken.None),
            Throws
                .TypeOf<CoordinatorUnreachableException>()
                .With.Message.EqualTo(
                    $"the coordinator at http://127.0.0.1:{door.Port} can't be reached: nobody listens there"
                )
        );
        var list = rotations.ListAsync(CancellationToken.None);
        door.Open();
        Assert.That((await list).Rotations, Is.Empty);
    }
}
