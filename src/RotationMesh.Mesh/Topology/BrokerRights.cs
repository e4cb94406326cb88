using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace RotationMesh.Mesh.Topology;

/// <summary>
/// Says once of each thing that RabbitMQ does not let this user do, what it is: the transport tries again for ever, and its
/// traces do not name it. The broker's words name exchange or queue, virtual host and user.
/// </summary>
internal sealed class BrokerRights(ILogger<BrokerRights> log) : IReceiveEndpointObserver
{
    /// <summary>Reply code ACCESS_REFUSED (AMQP 0-9-1, section 1.1).</summary>
    private const int AccessRefused = 403;

    private readonly ConcurrentDictionary<string, bool> told = [];

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        for (var cause = faulted.Exception; cause is not null; cause = cause.InnerException)
            if (
                cause is OperationInterruptedException { ShutdownReason: { ReplyCode: AccessRefused } reason }
                && told.TryAdd(reason.ReplyText, true)
            )
                MeshLog.BrokerRefuses(log, reason.ReplyText);
        return Task.CompletedTask;
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        told.Clear(); // should a right be taken away again, it is told again
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;
}
