using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using RotationMesh.Client;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.ApiTests.Faults;

public sealed class WhenTheServerIsSilent
{
    private static readonly AnswerTimeout Short = new()
    {
        ProofAfter = TimeSpan.FromMilliseconds(300),
        LongestProof = TimeSpan.FromMilliseconds(300),
    };

    [Test]
    public void One_that_takes_the_connection_and_says_nothing_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // the system takes connections, and nobody reads them
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var coordinator = new Coordinator(new Uri($"http://127.0.0.1:{port}"), null, Short);
        var clock = Stopwatch.StartNew();

        foreach (var ask in Questions(coordinator))
            Assert.That(
                async () => await ask(),
                Throws
                    .TypeOf<CoordinatorUnreachableException>()
                    .With.Message.EqualTo(
                        $"the coordinator at http://127.0.0.1:{port} can't be reached: it does not answer in time"
                    )
            );
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task One_that_still_counts_and_lives_is_waited_for()
    {
        var asked = 0;
        var proofs = new TaskCompletionSource();
        await using var server = await ForeignServer.AnsweringAsync(async request =>
        {
            if (request.Request.Path != "/health/live")
            {
                await proofs.Task; // many times the silence that a server without life is allowed
                await request.Response.WriteAsJsonAsync(new CensusDocument(7, []));
            }
            else if (Interlocked.Increment(ref asked) == 5)
                proofs.SetResult();
        });
        using var coordinator = new Coordinator(server.Address, null, Short);

        var counted = await new RemoteInspections(coordinator).CountAsync(
            new RowSelection(),
            CancellationToken.None
        );

        Assert.That(counted.Rows, Is.EqualTo(7));
    }

    private static IEnumerable<Func<Task>> Questions(Coordinator coordinator)
    {
        var rotations = new RemoteRotations(coordinator);
        var inspections = new RemoteInspections(coordinator);
        yield return () => rotations.FindAsync(null, CancellationToken.None);
        yield return () => inspections.CountAsync(new RowSelection(), CancellationToken.None);
        yield return () =>
            inspections.VerifyAsync(new VerificationOrder(), new Progress(), CancellationToken.None);
    }
}
