using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RotationMesh.Core.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;
using StackExchange.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Passwords, TLS, clusters, and a server that goes away.</summary>
public sealed class WhenRedisIsReached
{
    private const string Password = "correct-horse";
    private const string Meta = "test:sync-connector:meta";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Test]
    public async Task A_user_with_a_password_is_let_in_and_a_wrong_one_is_not_shown()
    {
        await using var server = await RedisServer.StartAsync(
            $"requirepass {Password}",
            $"user gate on >{Password} ~* &* +@all"
        );
        await PauseAsync($"127.0.0.1:{server.Port},password={Password}");

        Assert.That((await LookAsync(Url(server, $":{Password}"))).Holds, Is.True);
        Assert.That((await LookAsync(Url(server, $"gate:{Password}"))).Holds, Is.True);
        foreach (var login in new[] { "gate:battery-staple", ":battery-staple" })
        {
            var verdict = await LookAsync(Url(server, login));
            Assert.That(verdict.Holds, Is.False);
            Assert.That(verdict.ToString(), Does.Not.Contain("battery-staple"));
            Assert.That(verdict.Reason, Does.Contain("Redis"));
        }
    }

    [Test]
    public async Task Tls_is_spoken_with_a_server_whose_authority_is_named_and_no_other()
    {
        using var certificates = new Certificates();
        await using var server = await RedisServer.StartAsync(
            "port 0",
            "tls-port PORT",
            $"tls-cert-file {certificates.ServerFile}",
            $"tls-key-file {certificates.KeyFile}",
            $"tls-ca-cert-file {certificates.AuthorityFile}",
            "tls-auth-clients no",
            $"requirepass {Password}"
        );
        var url = $"rediss://:{Password}@localhost:{server.Port}";

        await Eventually.Holds(
            async () =>
                (await LookAsync(url, certificates.AuthorityFile)).Reason!.Contains(
                    "there is no queue sync-connector",
                    StringComparison.Ordinal
                ),
            Deadline,
            "a look over TLS is answered"
        );
        var untrusted = await LookAsync(url);
        Assert.That(untrusted.Holds, Is.False);
        Assert.That(untrusted.Reason, Does.StartWith("Redis"));
        var missing = await LookAsync(url, "/no/such/file.pem");
        Assert.That(missing.Reason, Is.EqualTo("the certificate in caFile cannot be read"));
    }

    [Test]
    public async Task In_a_cluster_a_prefix_with_a_hash_tag_keeps_a_queue_together()
    {
        var folder = Directory.CreateTempSubdirectory("rotationmesh-cluster-");
        await using var server = await RedisServer.StartAsync(
            "cluster-enabled yes",
            "cluster-announce-ip 127.0.0.1",
            $"dir {folder.FullName}"
        );
        await using (
            var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},allowAdmin=true")
        )
            await admin.GetServers()[0].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Eventually.Holds(() => ClusterIsUpAsync(server), Deadline, "the cluster is up");
        await using var fixture = await QueueFixture.CreateAsync(
            Versions.Usual,
            server.Url,
            "{bull}",
            cluster: true
        );
        await fixture.Application.AddAsync(QueueFixture.Queue, new Job("a"), new Job("b"));

        Assert.That((await fixture.LookAsync()).Reason, Is.EqualTo("not paused: sync-connector"));
        Assert.That(await fixture.PauseAsync(), Is.True);
        Assert.That((await fixture.LookAsync()).Holds, Is.True);
        Assert.That(await fixture.ResumeAsync(), Is.True);
        await fixture.Application.WorkAsync(QueueFixture.Queue);
        await Eventually.Holds(
            () => Task.FromResult(fixture.Application.Started.SequenceEqual(["a", "b"])),
            Deadline,
            "both jobs run"
        );
        await using var untagged = new BullMqGate(QueueFixture.Entry(server.Url, "bull"));
        Assert.That(
            (await untagged.CheckAsync(new GateOccasion(), CancellationToken.None)).Reason,
            Does.Contain("hash tag")
        );
        await server.StopAsync();
        folder.Delete(recursive: true);
    }

    [Test]
    public async Task A_server_that_goes_away_loses_the_gate_until_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        var address = $"127.0.0.1:{server.Port}";
        await PauseAsync(address);
        await using var gate = new BullMqGate(QueueFixture.Entry(server.Url, "test"));
        Assert.That((await CheckAsync(gate)).Holds, Is.True);

        await server.StopAsync();
        var away = await CheckAsync(gate);

        Assert.That(away.Holds, Is.False);
        Assert.That(away.Reason, Does.StartWith("Redis"));
        await server.StartAgainAsync();
        await PauseAsync(address);
        await Eventually.Holds(async () => (await CheckAsync(gate)).Holds, Deadline, "the gate holds again");
    }

    private static Task<GateVerdict> CheckAsync(BullMqGate gate) =>
        gate.CheckAsync(new GateOccasion(), CancellationToken.None);

    private static string Url(RedisServer server, string login) => $"redis://{login}@127.0.0.1:{server.Port}";

    private static async Task<GateVerdict> LookAsync(string url, string? authority = null)
    {
        await using var gate = new BullMqGate(QueueFixture.Entry(url, "test", authority));
        return await CheckAsync(gate);
    }

    private static async Task PauseAsync(string address)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address);
        await redis.GetDatabase().HashSetAsync(Meta, "paused", 1);
    }

    private static async Task<bool> ClusterIsUpAsync(RedisServer server)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{server.Port},allowAdmin=true"
        );
        var info = (string?)await redis.GetServers()[0].ExecuteAsync("CLUSTER", "INFO");
        return info!.Contains("cluster_state:ok", StringComparison.Ordinal);
    }

    /// <summary>An authority of its own and a server certificate for localhost, as PEM files.</summary>
    private sealed class Certificates : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rotationmesh-tls-");

        public Certificates()
        {
            using var authorityKey = RSA.Create(2048);
            var request = Request("CN=authority", authorityKey);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            using var authority = request.CreateSelfSigned(from, to);
            using var serverKey = RSA.Create(2048);
            var server = Request("CN=localhost", serverKey);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            server.CertificateExtensions.Add(names.Build());
            using var signed = server.Create(authority, from, to, [1, 2, 3, 4]);
            Write(AuthorityFile, authority.ExportCertificatePem());
            Write(ServerFile, signed.ExportCertificatePem());
            Write(KeyFile, serverKey.ExportPkcs8PrivateKeyPem());
        }

        public string AuthorityFile => Path.Combine(folder.FullName, "authority.pem");

        public string ServerFile => Path.Combine(folder.FullName, "server.pem");

        public string KeyFile => Path.Combine(folder.FullName, "server.key");

        public void Dispose() => folder.Delete(recursive: true);

        private static CertificateRequest Request(string name, RSA key) =>
            new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        private static void Write(string path, string pem) => File.WriteAllText(path, pem);
    }
}
