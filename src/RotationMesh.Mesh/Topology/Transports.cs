using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MassTransit;

namespace RotationMesh.Mesh.Topology;

/// <summary>The two transports; everything else is the same for both.</summary>
public static class Transports
{
    /// <summary>
    /// Deliveries of a message that is never answered, that is, whose consumer's process dies: then it may be the message
    /// that kills them, and it goes to the dead letters.
    /// </summary>
    private const int DeliveryLimit = 10;

    /// <summary>Where RabbitMQ puts what was delivered too often.</summary>
    private const string DeadLetters = "rotationmesh-dead-letters";

    /// <summary>Everything in this process: no broker, and nothing outlives it but what is in the database.</summary>
    public static void UseInMemory(this IBusRegistrationConfigurator bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        bus.UseBusDefaults();
        bus.UsingInMemory((context, broker) => broker.ConfigureEndpoints(context));
    }

    /// <summary>RabbitMQ with quorum queues.</summary>
    public static void UseRabbitMq(this IBusRegistrationConfigurator bus, BrokerAddress address)
    {
        ArgumentNullException.ThrowIfNull(bus);
        ArgumentNullException.ThrowIfNull(address);
        bus.UseBusDefaults();
        bus.AddConfigureEndpointsCallback(
            (_, _, endpoint) =>
            {
                if (endpoint is not IRabbitMqReceiveEndpointConfigurator queue)
                    return;
                queue.SetQuorumQueue();
                queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
                queue.BindDeadLetterQueue(DeadLetters, DeadLetters, letters => letters.SetQuorumQueue());
            }
        );
        bus.UsingRabbitMq(
            (context, broker) =>
            {
                broker.Host(
                    address.Host,
                    (ushort)address.Port,
                    address.VirtualHost,
                    host => Connect(host, address)
                );
                broker.ConfigureEndpoints(context);
            }
        );
    }

    private static void Connect(IRabbitMqHostConfigurator host, BrokerAddress address)
    {
        host.Username(address.User);
        host.Password(address.Password);
        if (!address.IsTls)
            return;
        host.UseSsl(tls =>
        {
            // By default every authority would do, known or not.
            tls.EnforcePolicyErrors(SslPolicyErrors.RemoteCertificateChainErrors);
            tls.Protocol = SslProtocols.None; // the newest that both sides know
            if (address.Authorities is { } authorities)
                tls.CertificateValidationCallback = (_, certificate, chain, errors) =>
                    IsTrusted(certificate, chain, errors, authorities);
        });
    }

    // The name in the certificate must be the broker's, and its issuer one of those authorities.
    private static bool IsTrusted(
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection authorities
    )
    {
        if (
            certificate is null
            || chain is null
            || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None
        )
            return false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority of one's own publishes no list
        return chain.Build(new X509Certificate2(certificate));
    }
}
