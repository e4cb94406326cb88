using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NUnit.Framework;
using RotationMesh.Bus.Topology;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.MeshTests.Transport;

[TestFixture]
internal sealed class WhenTheBrokersAuthorityIsReplaced
{
    private readonly string file = Path.GetTempFileName();

    [TearDown]
    public void Remove() => File.Delete(file);

    [Test]
    public void A_program_that_runs_trusts_the_new_one_and_no_longer_the_old_one()
    {
        var (old, next) = (BrokerCertificate.Issue(), BrokerCertificate.Issue());
        File.WriteAllText(file, old.Authority);
        var trust = new BrokerTrust(
            new BrokerSource(() => BrokerAddress.Parse($"amqps://u:p@localhost/?cacertfile={file}"))
        );
        var before = (IsTrusted(trust, old), IsTrusted(trust, next));

        File.WriteAllText(file, next.Authority);

        Assert.That(before, Is.EqualTo((true, false)));
        Assert.That((IsTrusted(trust, old), IsTrusted(trust, next)), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_file_that_holds_none_at_this_moment_leaves_the_one_of_the_start()
    {
        var broker = BrokerCertificate.Issue();
        File.WriteAllText(file, broker.Authority);
        var trust = new BrokerTrust(
            new BrokerSource(() => BrokerAddress.Parse($"amqps://u:p@localhost/?cacertfile={file}"))
        );

        File.WriteAllText(file, "");

        Assert.That(IsTrusted(trust, broker), Is.True);
    }

    private static bool IsTrusted(BrokerTrust trust, BrokerCertificate broker)
    {
        using var certificate = X509Certificate2.CreateFromPem(broker.Certificate);
        using var chain = new X509Chain();
        return trust.Judge(trust, certificate, chain, SslPolicyErrors.RemoteCertificateChainErrors);
    }
}
