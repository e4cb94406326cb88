using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>A certificate for a broker on this machine, issued by an authority that was made for it and is known to nobody else.</summary>
public sealed class BrokerCertificate
{
    private const int KeyBits = 2048;

    private BrokerCertificate(string authority, string certificate, string key) =>
        (Authority, Certificate, Key) = (authority, certificate, key);

    /// <summary>The authority's own certificate, PEM: whoever trusts it trusts the broker.</summary>
    public string Authority { get; }

    /// <summary>The broker's certificate, PEM.</summary>
    public string Certificate { get; }

    /// <summary>The broker's private key, PEM.</summary>
    public string Key { get; }

    /// <summary>Issues one to <paramref name="name"/> and 127.0.0.1, for a day.</summary>
    public static BrokerCertificate Issue(string name = "localhost")
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = RSA.Create(KeyBits);
        var request = Request("RotationMesh tests", authorityKey);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, to);

        using var key = RSA.Create(KeyBits);
        var own = Request(name, key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        own.CertificateExtensions.Add(names.Build());
        own.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var certificate = own.Create(
            authority,
            from.AddMinutes(1),
            to.AddMinutes(-1),
            RandomNumberGenerator.GetBytes(8)
        );
        return new BrokerCertificate(
            authority.ExportCertificatePem(),
            certificate.ExportCertificatePem(),
            key.ExportPkcs8PrivateKeyPem()
        );
    }

    private static CertificateRequest Request(string name, RSA key) =>
        new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
