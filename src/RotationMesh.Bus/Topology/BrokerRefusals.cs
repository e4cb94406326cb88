using MassTransit;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Reports for each queue what keeps the transport from it: the transport retries for ever, with growing waits, and its
/// own traces name neither what was found nor what is wanted.
/// </summary>
internal sealed class BrokerRefusals(BrokerStanding standing, BrokerSource source) : IReceiveEndpointObserver
{
    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (BrokerReplies.Read(faulted.Exception, $"{source.Address}", source.Remedy) is var (trouble, all))
            standing.Tell(all ? BrokerStanding.Connection : Subject(faulted), trouble);
        return Task.CompletedTask;
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        standing.Clear(Subject(ready));
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    private static string Subject(ReceiveEndpointEvent told) => $"queue {told.InputAddress.Segments[^1]}";
}
