using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MassTransit;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Bus.Standing;
using RotationMesh.Core;

namespace RotationMesh.Bus.Topology;

/// <summary>Configures how a process connects to RabbitMQ, and whom it trusts.</summary>
internal static class BrokerConnection
{
    /// <summary>
    /// Heartbeat of a connection: after two missed ones, the broker gives a frozen process' messages to others, within
    /// the time of a partition's lease. RabbitMQ advises 5 to 20 seconds.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void Configure(
        IRabbitMqHostConfigurator host,
        BrokerAddress address,
        BrokerTrust trust,
        BrokerAttempts attempts
    )
    {
        host.Username(address.User);
        host.Password(address.Password);
        host.OnRefreshConnectionFactory = attempts.PrepareAsync;
        host.Heartbeat(Heartbeat);
        if (!address.IsTls)
            return;
        host.UseSsl(tls =>
        {
            // By default, any authority would be accepted, known or not.
            tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
            tls.Protocol = SslProtocols.None; // the newest that both sides know
            tls.CertificateValidationCallback = trust.Judge;
        });
    }

    /// <summary>What an operator must fix before the broker accepts the user; null where waiting may help.</summary>
    public static UsageException? Explain(Exception fault) =>
        BrokerReplies.IsOfCredentials(fault)
            ? new BrokerRefusalException("RabbitMQ refuses the user or its password", fault)
            : null;

    /// <summary>
    /// Whether the broker, or the way to it, is at fault, so that a retry may succeed. The transport waits for a broker
    /// that is away, but its start fails if a broker closes a connection that is being set up.
    /// </summary>
    public static bool MayPass(Exception fault) =>
        fault
            is ConnectionException
                or RabbitMQClientException
                or OperationCanceledException
                or TimeoutException
                or IOException
                or SocketException
                or ObjectDisposedException;
}
