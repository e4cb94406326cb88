using System.Net.Security;
using System.Security.Authentication;
using MassTransit;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Core;

namespace RotationMesh.Mesh.Topology;

/// <summary>Who connects to RabbitMQ, and whom it trusts.</summary>
internal static class BrokerConnection
{
    /// <summary>
    /// Signs of life on a connection: after two that are missed the broker gives what a frozen process had to others, within
    /// the time that a partition's lease takes. RabbitMQ advises 5 to 20 seconds.
    /// </summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    public static void Configure(IRabbitMqHostConfigurator host, BrokerAddress address, BrokerTrust trust)
    {
        host.Username(address.User);
        host.Password(address.Password);
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
    public static UsageException? Explain(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (cause is AuthenticationFailureException)
                return new UsageException("RabbitMQ refuses the user or its password", fault);
        return null;
    }

    /// <summary>
    /// What to do where the connection was lost while the service joined: the transport waits for a broker that is away, and
    /// gives up where one closes a channel that it is just setting up. Null where it was something else.
    /// </summary>
    public static IOException? ExplainLost(Exception fault) =>
        fault is RabbitMqConnectionException
            ? new IOException(
                "RabbitMQ closed the connection while the service joined: start it again, as a supervisor does",
                fault
            )
            : null;
}
