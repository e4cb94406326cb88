using System.Net.Sockets;
using System.Text;
using RotationMesh.Core.Gates;
using RotationMesh.Gates.BullMq;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Redis;
using StackExchange.Redis;

namespace RotationMesh.GateTests.BullMq;

/// <summary>Redis with the configuration and the list of users of compose/.</summary>
public sealed class WhenRedisHasTheUsersOfCompose
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private ComposeRedis server = null!;

    [OneTimeSetUp]
    public async Task Start() => server = await ComposeRedis.StartAsync();

    [OneTimeTearDown]
    public Task Stop() => server.DisposeAsync().AsTask();

    [Test]
    public async Task The_gate_pauses_and_resumes_the_application_s_queue()
    {
        await using var application = BullMqApplication.Start(
            Versions.All[^2],
            server.Url("application"),
            "bull"
        );
        await application.CreateAsync(QueueFixture.Queue);
        await application.WorkAsync(QueueFixture.Queue);
        await using var gate = new BullMqGate(QueueFixture.Entry(server.Url("coordinator"), "bull"));

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
        var login = new UriBuilder(server.Url("coordinator"));
        await using var redis = await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{server.Server.Port},user={login.UserName},password={login.Password},allowAdmin=true"
        );

        Assert.That(
            async () => await redis.GetDatabase().ExecuteAsync(command, (object[])[.. arguments]),
            Throws.InstanceOf<RedisServerException>().With.Message.Matches("NOPERM|can't (run|access)")
        );
    }

    [TestCase("", "-NOAUTH", "-NOAUTH")]
    [TestCase("AUTH default any\r\n", "-NOAUTH", "-NOAUTH")]
    [TestCase("AUTH health any\r\n", "+PONG", "-NOPERM")]
    public async Task Who_has_no_password_may_ask_whether_it_is_there_and_no_more(
        string login,
        string ping,
        string others
    )
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Server.Port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"{login}PING\r\nGET bull:sync-connector:id\r\nCLIENT LIST\r\n")
        );
        if (login.Length > 0)
            await reader.ReadLineAsync();

        Assert.That(await reader.ReadLineAsync(), Does.StartWith(ping));
        Assert.That(await reader.ReadLineAsync(), Does.StartWith(others));
        Assert.That(await reader.ReadLineAsync(), Does.StartWith(others));
    }
}
