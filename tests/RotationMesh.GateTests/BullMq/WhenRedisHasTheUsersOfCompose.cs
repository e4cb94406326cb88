using System.Net.Sockets;
using RotationMesh.Core.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Deployment;
using RotationMesh.TestKit.Redis;
using StackExchange.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Redis with the configuration and the list of users of compose/.</summary>
public sealed class WhenRedisHasTheUsersOfCompose
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private ComposeSecrets secrets = null!;
    private RedisServer server = null!;
    private string folder = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        secrets = await ComposeSecrets.MakeAsync();
        folder = Directory.CreateTempSubdirectory("rotationmesh-redis-").FullName;
        var lines = File.ReadLines(Path.Combine(RepositoryRoot.Path, "compose/redis/redis.conf"))
            .Where(line => !line.StartsWith('#'))
            .Select(line =>
                line switch
                {
                    "bind 0.0.0.0" => "bind 127.0.0.1",
                    "port 6379" => "port PORT",
                    "dir /data" => $"dir {folder}",
                    "aclfile /run/secrets/users.acl" => $"aclfile {secrets.PathOf("redis/users.acl")}",
                    _ => line,
                }
            );
        server = await RedisServer.StartAsync([.. lines]);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await server.DisposeAsync();
        secrets.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task The_gate_pauses_and_resumes_the_application_s_queue()
    {
        await using var application = BullMqApplication.Start(Versions.All[^2], Url("application"), "bull");
        await application.CreateAsync(QueueFixture.Queue);
        await application.WorkAsync(QueueFixture.Queue);
        await using var gate = new BullMqGate(QueueFixture.Entry(Url("coordinator"), "bull"));

        Assert.That(await gate.PauseAsync(QueueFixture.Queue, CancellationToken.None), Is.True);
        await application.AddAsync(QueueFixture.Queue, new Job("a"), new Job("b", Delay: 10));
        var paused = await gate.CheckAsync(new GateOccasion(), CancellationToken.None);
        Assert.That(paused.Holds, Is.True, $"{paused}");
        Assert.That(application.Started, Is.Empty);

        Assert.That(await gate.ResumeAsync(QueueFixture.Queue, CancellationToken.None), Is.True);
        await Eventually.Holds(
            () => Task.FromResult(application.Ended.Order().SequenceEqual(["a", "b"])),
            Deadline,
            "both jobs run"
        );
    }

    [TestCase("KEYS", "*")]
    [TestCase("FLUSHALL")]
    [TestCase("CONFIG", "GET", "*")]
    [TestCase("ACL", "LIST")]
    [TestCase("GET", "bull:sync-connector:id")]
    [TestCase("HGETALL", "bull:sync-connector:1")]
    [TestCase("HSET", "bull:another:meta", "paused", "1")]
    [TestCase("EVAL", "return redis.call('DEL', 'bull:another:wait')", "0")]
    [TestCase("PUBLISH", "channel", "text")]
    public async Task The_gate_s_user_may_do_nothing_else(string command, params string[] arguments)
    {
        var login = new UriBuilder(Url("coordinator"));
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{server.Port},user={login.UserName},password={login.Password},allowAdmin=true"
        );

        Assert.That(
            async () => await redis.GetDatabase().ExecuteAsync(command, (object[])[.. arguments]),
            Throws.InstanceOf<RedisServerException>().With.Message.Matches("NOPERM|can't (run|access)")
        );
    }

    [Test]
    public async Task Who_has_no_password_may_ask_whether_it_is_there_and_no_more()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);

        await stream.WriteAsync("PING\r\nGET bull:sync-connector:id\r\nCLIENT LIST\r\n"u8.ToArray());

        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("+PONG"));
        Assert.That(await reader.ReadLineAsync(), Does.StartWith("-NOPERM"));
        Assert.That(await reader.ReadLineAsync(), Does.StartWith("-NOPERM"));
    }

    // Where the part of the stack is led, on the private server.
    private string Url(string part) => secrets.Address(part, "REDIS_URL", server.Port);
}
