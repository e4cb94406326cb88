using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace RotationMesh.CliTests.Faults;

/// <summary>A database that can't be worked with.</summary>
public sealed class UnreachableDatabaseTests
{
    private const string Password = "kR7-quite-hidden";

    private Site site = null!;

    [SetUp]
    public async Task Create() => site = await Site.LoadAsync("--rows", "0", "--tenants", "1");

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("rotate")]
    [TestCase("rotate --dry-run")]
    [TestCase("verify")]
    [TestCase("census")]
    [TestCase("keys")]
    [TestCase("failures")]
    [TestCase("sample load")]
    public async Task Nobody_listens(string verb)
    {
        site.Variables["APP_DATABASE_URL"] =
            $"postgres://somebody:{Password}@127.0.0.1:{UnusedPort()}/nowhere";
        await FailsInOneLineAsync(verb, "can't be reached");
    }

    [TestCase("status")]
    [TestCase("list")]
    [TestCase("audit")]
    public async Task The_control_database_is_named_by_host_and_port(string verb)
    {
        var port = UnusedPort();
        site.Variables["APP_DATABASE_URL"] = $"postgres://somebody:{Password}@127.0.0.1:{port}/nowhere";
        await FailsInOneLineAsync(
            verb,
            $"control database: it can't be reached or did not answer: Failed to connect to 127.0.0.1:{port}: Connection refused"
        );
    }

    [Test]
    public async Task The_host_is_unknown()
    {
        site.Variables["APP_DATABASE_URL"] = $"Host=nowhere.invalid;Username=x;Password={Password}";
        await FailsInOneLineAsync("rotate", "can't be reached");
    }

    [Test]
    public async Task The_password_is_wrong()
    {
        Change(builder => builder.Password = Password);
        await FailsInOneLineAsync("rotate", "password authentication failed");
    }

    [Test]
    public async Task The_database_does_not_exist()
    {
        Change(builder => builder.Database = "nowhere");
        await FailsInOneLineAsync("rotate", "\"nowhere\" does not exist");
    }

    [TestCase($"postgres://u:{Password}@@@:::/x")]
    [TestCase("Host=")]
    [TestCase("Host=h;Nonsense=1")]
    public async Task The_connection_string_is_none_that_the_driver_takes(string connection)
    {
        site.Variables["APP_DATABASE_URL"] = connection;
        foreach (var verb in (string[])["rotate", "status", "census", "doctor"])
        {
            var outcome = (await site.RunAsync(verb)).Exits(2);
            Assert.That(
                outcome.Output + outcome.Error,
                Does.Contain("connection string of database 'app'").And.Not.Contain(Password)
            );
        }
    }

    [Test]
    public async Task The_doctor_tells_where_to_look()
    {
        site.Variables["APP_DATABASE_URL"] =
            $"postgres://somebody:{Password}@127.0.0.1:{UnusedPort()}/nowhere";
        var outcome = (await site.RunAsync("doctor")).Exits(2);
        Assert.That(outcome.Output, Does.Contain("database app").And.Contain("map line"));
        Assert.That(outcome.ToString(), Does.Not.Contain(Password));
    }

    private async Task FailsInOneLineAsync(string verb, string reason)
    {
        var outcome = (await site.RunAsync(verb.Split(' '))).Exits(1);
        Assert.That(outcome.ErrorLines(), Has.Length.EqualTo(1).And.All.Contain(reason), outcome.ToString());
        Assert.That(outcome.Output, Is.Empty);
        Assert.That(outcome.Error, Does.Not.Contain(Password));
    }

    private void Change(Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(site.Database.ConnectionString);
        change(builder);
        site.Variables["APP_DATABASE_URL"] = builder.ConnectionString;
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
