using System.Data;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Connections;

/// <summary>
/// No statement has a limit in time, so that it is the system that must notice a server which is gone without a word: it
/// asks after half a minute of silence. Linux shows the timer of each socket.
/// </summary>
public sealed class WhenAServerVanishes
{
    private const int Keepalive = 2; // the kind of a timer in /proc/net/tcp

    private TestDatabase database = null!;

    [SetUp]
    public async Task Create() => database = await TestDatabase.CreateAsync();

    [TearDown]
    public async Task Drop() => await database.DisposeAsync();

    [Test]
    public async Task The_system_asks_after_it_on_every_connection_to_a_database()
    {
        await using var databases = Databases("");
        foreach (
            var open in new[]
            {
                databases.OpenReadingAsync(Fixture.App, CancellationToken.None),
                databases.OpenWritingAsync(Fixture.App, CancellationToken.None),
                databases.OpenApartAsync(Fixture.App, CancellationToken.None),
            }
        )
        {
            await using var connection = await open;
            Assert.That(await SecondsUntilAskedAsync(connection), Is.InRange(1, 30));
        }
    }

    [Test]
    public async Task The_system_asks_after_it_on_connections_to_the_control_database()
    {
        await using var control = new ControlDatabase(database.ConnectionString);
        await using var connection = await control.Source.OpenConnectionAsync();

        Assert.That(await SecondsUntilAskedAsync(connection), Is.InRange(1, 30));
    }

    [Test]
    public async Task Times_of_the_connection_string_are_kept()
    {
        await using var databases = Databases(";Tcp Keepalive Time=300");
        await using var connection = await databases.OpenReadingAsync(Fixture.App, CancellationToken.None);

        Assert.That(await SecondsUntilAskedAsync(connection), Is.InRange(31, 300));
    }

    [Test]
    public async Task Nobody_asks_where_the_connection_string_forbids_it()
    {
        await using var databases = Databases(";Tcp Keepalive=false");
        await using var connection = await databases.OpenReadingAsync(Fixture.App, CancellationToken.None);

        Assert.That(await SecondsUntilAskedAsync(connection), Is.Null);
    }

    [Test]
    public async Task A_server_behind_a_Unix_domain_socket_is_reached_all_the_same()
    {
        var server = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var directory = Directory.CreateTempSubdirectory("rm");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(
            new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, $".s.PGSQL.{server.Port}"))
        );
        listener.Listen();
        var relayed = RelayAsync(listener, server);
        await using (var databases = Databases($";Host={directory.FullName};SSL Mode=Disable"))
        {
            await using var connection = await databases.OpenReadingAsync(
                Fixture.App,
                CancellationToken.None
            );

            Assert.That(connection.State, Is.EqualTo(ConnectionState.Open));
        }

        await relayed;
        directory.Delete(recursive: true);
    }

    private static async Task RelayAsync(Socket listener, NpgsqlConnectionStringBuilder server)
    {
        using var client = await listener.AcceptAsync();
        using var there = new TcpClient();
        await there.ConnectAsync(server.Host!, server.Port);
        await using var near = new NetworkStream(client);
        await using var far = there.GetStream();
        await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near));
    }

    private ApplicationDatabases Databases(string keywords) =>
        new(
            new RotationMap
            {
                Path = "rotation.yaml",
                Databases = [new DatabaseEntry(Fixture.App, database.ConnectionString + keywords, 3)],
                ControlConnectionString = database.ConnectionString,
                Formats = [],
                Scopes = [],
            }
        );

    // Null where no such timer runs.
    private static async Task<double?> SecondsUntilAskedAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_catalog.inet_client_port() || ' ' || pg_catalog.inet_server_port()",
            connection
        );
        var ports = string.Join(
            ' ',
            ((string)(await command.ExecuteScalarAsync())!)
                .Split(' ')
                .Select(port =>
                    int.Parse(port, CultureInfo.InvariantCulture).ToString("X4", CultureInfo.InvariantCulture)
                )
        );
        double? seconds = null;
        // What was sent is acknowledged a little later; until then the socket shows another timer.
        await Eventually.Holds(
            async () =>
            {
                var timer = (await TimersAsync()).Single(one => one.Ports == ports);
                seconds = timer.Kind == Keepalive ? timer.Seconds : null;
                return timer.Kind is 0 or Keepalive;
            },
            TimeSpan.FromMinutes(1),
            "the socket is at rest"
        );
        return seconds;
    }

    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when …, in hexadecimal; a second has a hundred ticks.
    private static async Task<IReadOnlyList<(string Ports, int Kind, double Seconds)>> TimersAsync()
    {
        var sockets = new List<(string, int, double)>();
        foreach (var table in new[] { "/proc/self/net/tcp", "/proc/self/net/tcp6" })
        foreach (var line in (await File.ReadAllLinesAsync(table)).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var timer = columns[5].Split(':');
            sockets.Add(
                (
                    $"{columns[1].Split(':')[^1]} {columns[2].Split(':')[^1]}",
                    Convert.ToInt32(timer[0], 16),
                    Convert.ToInt64(timer[1], 16) / 100.0
                )
            );
        }

        return sockets;
    }
}
