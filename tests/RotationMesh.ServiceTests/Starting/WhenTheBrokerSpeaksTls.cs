using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.ServiceTests.Starting;

public sealed class WhenTheBrokerSpeaksTls
{
    private readonly BrokerCertificate certificate = BrokerCertificate.Issue();
    private Fixture? fixture;
    private RabbitMqServer? broker;
    private string virtualHost = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        fixture = await Fixture.LoadAsync(rows: 500);
        broker = await RabbitMqServer.StartAsync(certificate);
        virtualHost = await broker.Management.AddVirtualHostAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (fixture is not null)
            await fixture.DisposeAsync();
        if (broker is not null)
            await broker.DisposeAsync();
    }

    [Test]
    public async Task Coordinator_and_worker_that_trust_its_authority_rotate_over_it()
    {
        var variables = Address("localhost", certificate.Authority);
        await fixture!.StartCoordinator(variables).JoinedAsync();
        var worker = await fixture!.StartWorker(variables).JoinedAsync();

        var ended = await fixture!.EndAsync(await fixture!.RotateAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.State, Is.EqualTo("Completed"));
            Assert.That(await fixture!.AtVersionAsync(1), Is.Zero);
            Assert.That(await fixture!.DoneByAsync(worker), Is.Positive);
        }
    }

    [Test]
    public async Task One_that_trusts_another_authority_ends_with_a_line_that_says_so() =>
        await AssertEndsAsync(
            Address("localhost", BrokerCertificate.Issue().Authority),
            "is issued by no authority of"
        );

    [Test]
    public async Task One_that_trusts_the_machine_s_authorities_ends_with_a_line_that_says_so()
    {
        var address = Address("localhost", certificate.Authority)["ROTATIONMESH_RABBITMQ"]!;
        await AssertEndsAsync(
            new() { ["ROTATIONMESH_RABBITMQ"] = address.Split('?')[0] },
            "is issued by no authority that this machine trusts"
        );
    }

    [Test]
    public async Task One_that_knows_it_by_a_name_that_is_not_in_the_certificate_ends_with_a_line_that_says_so()
    {
        var other = BrokerCertificate.Issue("rabbitmq.example");
        await using var elsewhere = await RabbitMqServer.StartAsync(other);
        var file = Save(other.Authority);
        await AssertEndsAsync(
            new() { ["ROTATIONMESH_RABBITMQ"] = elsewhere.TlsUrl("test", "localhost", file) },
            "is not for localhost"
        );
    }

    private Dictionary<string, string?> Address(string host, string authority) =>
        new() { ["ROTATIONMESH_RABBITMQ"] = broker!.TlsUrl(virtualHost, host, Save(authority)) };

    private string Save(string authority)
    {
        var file = Path.Combine(fixture!.Folder, $"{Guid.NewGuid():N}.pem");
        File.WriteAllText(file, authority);
        return file;
    }

    private async Task AssertEndsAsync(Dictionary<string, string?> variables, string reason)
    {
        foreach (var program in new[] { Artifacts.Worker, Artifacts.Coordinator })
        {
            var outcome = await fixture!
                .Command(program, ["--listen", "http://127.0.0.1:0"], variables)
                .RunAsync(ServiceRun.Deadline);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(outcome.ExitCode, Is.EqualTo(6), outcome.ToString());
                Assert.That(outcome.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
                Assert.That(outcome.Error, Does.Contain(reason));
                Assert.That(outcome.Output, Does.Not.Contain("Joined the mesh"));
            }
        }
    }
}
