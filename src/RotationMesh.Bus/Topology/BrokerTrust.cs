using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using RotationMesh.Core;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Judges the broker's certificate: its name must be the broker's, and its issuer a trusted authority. The transport
/// retries even after a refusal, so the process that starts it learns the reason here.
/// </summary>
/// <param name="source">
/// Its authorities are read at each connection: they may be replaced, and the broker's certificate after them, while the program runs.
/// </param>
internal sealed class BrokerTrust(BrokerSource source)
{
    private readonly BrokerAddress address = source.Address;

    private readonly TaskCompletionSource<UsageException> refusal = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    /// <summary>Completes with what an operator must fix, once a certificate was refused.</summary>
    public Task<UsageException> Refused => refusal.Task;

    /// <summary>Called with every certificate that a broker shows; true where it is trusted.</summary>
    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (Find(certificate, chain, errors) is not { } fault)
            return true;
        refusal.TrySetResult(new BrokerRefusalException(fault));
        return false;
    }

    private string? Find(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || chain is null)
            return $"RabbitMQ at {address} shows no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate of RabbitMQ at {address} is not for {address.Host}: give the address by a name that it bears";
        if (IsIssued(certificate, chain, errors))
            return null;
        return chain.ChainStatus.Any(status => status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            ? $"the certificate of RabbitMQ at {address} has expired, or is not valid yet"
            : $"the certificate of RabbitMQ at {address} is issued by no authority {Trusted}: name the right one by "
                + $"amqps://…?{BrokerAddress.AuthorityParameter}=FILE";
    }

    private string Trusted => address.AuthorityFile is { } file ? $"of {file}" : "that this machine trusts";

    private bool IsIssued(X509Certificate certificate, X509Chain chain, SslPolicyErrors errors)
    {
        if (source.Current().Authorities is not { } authorities)
            return errors == SslPolicyErrors.None;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority of one's own publishes no list
        using var broker = new X509Certificate2(certificate);
        return chain.Build(broker);
    }
}
