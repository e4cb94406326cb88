using System.Net.Sockets;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Starting;

public sealed class WhenTheBrokerGoesWhileAServiceJoins
{
    /// <summary>Connections that are cut, each after a little more of what a service sets up.</summary>
    private const int Cuts = 4;

    /// <summary>Bytes by which the next one gets further; a whole start takes some 10 kB.</summary>
    private const int Further = 2_500;

    /// <summary>The transport waits longer from time to time, up to half a minute.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    [Test]
    public async Task It_joins_again_and_does_its_work()
    {
        await using var fixture = await Fixture.LoadAsync(rows: 500);
        var connections = 0;
        await using var relay = new TcpRelay("127.0.0.1", fixture.Broker.Server.Port, PassAsync);
        relay.Open();
        var address = new UriBuilder(fixture.Broker.Address) { Port = relay.Port }
            .Uri
            .OriginalString;
        var through = new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = address };
        foreach (var service in new[] { fixture.StartCoordinator(through), fixture.StartWorker(through) })
            await service.JoinedAsync(Deadline);

        var end = await fixture.EndAsync(await fixture.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(end.State, Is.EqualTo("Completed"), end.Reason);
            Assert.That(await fixture.AtVersionAsync(1), Is.Zero);
            Assert.That(connections, Is.GreaterThan(Cuts));
        }

        async Task PassAsync(NetworkStream client, NetworkStream server, CancellationToken closed)
        {
            var number = Interlocked.Increment(ref connections);
            var left = number > Cuts ? long.MaxValue : number * Further;
            var room = new byte[4096];
            while (left > 0)
            {
                var read = await client.ReadAsync(room.AsMemory(0, (int)Math.Min(left, room.Length)), closed);
                if (read == 0)
                    return;
                await server.WriteAsync(room.AsMemory(0, read), closed);
                left -= read;
            }
        }
    }
}
