using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MassTransit;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Core;

namespace RotationMesh.Mesh.Topology;

/// <summary>Who connects to RabbitMQ, and whom it trusts.</summary>
internal static class BrokerConnection
{
    public static void Configure(IRabbitMqHostConfigurator host, BrokerAddress address)
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

    /// <summary>What an operator has to mend before the broker lets anybody in; null where waiting may help.</summary>
    public static UsageException? Explain(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
            if (cause is AuthenticationFailureException)
                return new UsageException("RabbitMQ refuses the user or its password", fault);
        return null;
    }

    // The name in the certificate must be the broker's, and its issuer one of those authorities.
    private static bool IsTrusted(
        X509Certificate? certificate,
        X509Chain? chain,
        SslPolicyErrors errors,
        X509Certificate2Collection authorities
    )
    {
        const SslPolicyErrors JudgedBelow = SslPolicyErrors.RemoteCertificateChainErrors;
        if (certificate is null || chain is null || (errors & ~JudgedBelow) != SslPolicyErrors.None)
            return false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority of one's own publishes no list
        using var broker = new X509Certificate2(certificate);
        return chain.Build(broker);
    }
}
