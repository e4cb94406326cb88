using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MassTransit;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Core;
using RotationMesh.Mesh.Standing;

namespace RotationMesh.Mesh.Topology;

/// <summary>Who connects to RabbitMQ, and whom it trusts.</summary>
internal static class BrokerConnection
{
    /// <summary>
    /// Signs of life on a connection: after two that are missed the broker gives what a frozen process had to others, within
    /// the time that a partition's lease takes. RabbitMQ advises 5 to 20 seconds.
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
            // By default every authority would do, known or not.
            tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
            tls.Protocol = SslProtocols.None; // the newest that both sides know
            tls.CertificateValidationCallback = trust.Judge;
        });
    }

    /// <summary>What an operator has to mend before the broker lets anybody in; null where waiting may help.</summary>
    public static UsageException? Explain(Exception fault) =>
        BrokerReplies.IsOfCredentials(fault)
            ? new UsageException("RabbitMQ refuses the user or its password", fault)
            : null;

    /// <summary>
    /// Whether it is the broker, or the way to it, so that the same may succeed later. The transport waits for a broker that
    /// is away, and ends its start where one closes a connection that it is just setting up.
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
