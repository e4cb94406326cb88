using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>
/// A virtual host of its own on the tests' RabbitMQ, for one test or fixture; deleted on dispose with all that is in it.
/// </summary>
public sealed class TestBroker : IAsyncDisposable
{
    /// <summary>Longest answer of the management API, on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient management;
    private readonly List<string> users = [];
    private readonly string name = $"test-{Guid.NewGuid():N}";

    private TestBroker(Uri server, HttpClient management)
    {
        this.management = management;
        (Server, Management) = (server, management.BaseAddress!);
        Address = $"{server.Scheme}://{server.UserInfo}@{server.Authority}/{name}";
    }

    /// <summary>The server, with its administrator.</summary>
    public Uri Server { get; }

    /// <summary>Its management API, for the same administrator.</summary>
    public Uri Management { get; }

    /// <summary>The virtual host as an administrator sees it: <c>amqp://user:password@host:port/vhost</c>.</summary>
    public string Address { get; }

    /// <summary>Creates the virtual host; where there is no server the test is ignored, or fails if <c>CI</c> is set.</summary>
    public static async Task<TestBroker> CreateAsync()
    {
        var (server, api) = await SharedBroker.AddressAsync();
        var management = new HttpClient { BaseAddress = api, Timeout = Patience };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(server.UserInfo)))
        );
        var broker = new TestBroker(server, management);
        await broker.PutAsync($"/api/vhosts/{broker.name}", new { });
        await broker.PutAsync(
            $"/api/permissions/{broker.name}/{server.UserInfo.Split(':')[0]}",
            new
            {
                configure = ".*",
                write = ".*",
                read = ".*",
            }
        );
        return broker;
    }

    /// <summary>A user with these permissions (regular expressions); returns the address that it connects with.</summary>
    public async Task<string> AddUserAsync(string configure, string write, string read)
    {
        var user = $"user-{Guid.NewGuid():N}";
        await PutAsync($"/api/users/{user}", new { password = $"pw-{user}", tags = "" });
        users.Add(user);
        await PutAsync(
            $"/api/permissions/{name}/{user}",
            new
            {
                configure,
                write,
                read,
            }
        );
        return $"{Server.Scheme}://{user}:pw-{user}@{Server.Authority}/{name}";
    }

    /// <summary>Sets a limit of the virtual host: <c>max-connections</c> or <c>max-queues</c>; below zero there is none.</summary>
    public Task LimitAsync(string limit, int value) =>
        PutAsync($"/api/vhost-limits/{name}/{limit}", new { value });

    /// <summary>Name of the virtual host.</summary>
    public string VirtualHost => name;

    /// <summary>
    /// Makes a user who may do everything in the virtual host, or gives the one of that name another password; returns the
    /// address that it connects with.
    /// </summary>
    public async Task<string> SetUserAsync(string user, string password)
    {
        await PutAsync($"/api/users/{user}", new { password, tags = "" });
        users.Add(user);
        await PutAsync(
            $"/api/permissions/{name}/{user}",
            new
            {
                configure = ".*",
                write = ".*",
                read = ".*",
            }
        );
        return $"{Server.Scheme}://{user}:{password}@{Server.Authority}/{name}";
    }

    /// <summary>Deletes a user; the broker ends its connections.</summary>
    public async Task DeleteUserAsync(string user)
    {
        using var response = await management.DeleteAsync(new Uri($"/api/users/{user}", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A connection of the driver's own, for what no product would send.</summary>
    public Task<IConnection> ConnectAsync() =>
        new ConnectionFactory { Uri = new Uri(Address) }.CreateConnectionAsync();

    /// <summary>Messages that wait in a queue, exactly.</summary>
    public async Task<uint> CountAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.MessageCountAsync(queue);
    }

    /// <summary>
    /// How many consumers each queue of the product has. Temporary queues are left out: they belong to a connection, and others
    /// may not ask about them.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, uint>> ConsumersAsync()
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var consumers = new Dictionary<string, uint>();
        var queues = await ListAsync("queues", "{0}", "name");
        foreach (var queue in queues.Where(queue => queue.StartsWith("rotationmesh-")))
            consumers[queue] = await channel.ConsumerCountAsync(queue);
        return consumers;
    }

    /// <summary>Messages of a queue that consumers have acknowledged; the broker tells it some seconds late.</summary>
    public async Task<long> AcknowledgedAsync(string queue)
    {
        var told = await management.GetFromJsonAsync<JsonElement>(
            new Uri($"/api/queues/{name}/{queue}", UriKind.Relative)
        );
        return
            told.TryGetProperty("message_stats", out var stats)
            && stats.TryGetProperty("ack", out var acknowledged)
            ? acknowledged.GetInt64()
            : 0;
    }

    /// <summary>
    /// Every queue, exchange and binding of the virtual host, one a line; temporary ones, which belong to a connection, are
    /// left out.
    /// </summary>
    public async Task<IReadOnlyList<string>> TopologyAsync() =>
        [
            .. (await ListAsync("queues", "{0}", "name")).Where(queue => !queue.StartsWith("amq.")),
            .. await ListAsync("exchanges", "exchange {0} {1}", "name", "type"),
            .. await ListAsync(
                "bindings",
                "{0} -> {1} {2} ({3})",
                "source",
                "destination_type",
                "destination",
                "routing_key"
            ),
        ];

    /// <summary>Deletes the virtual host and the users; whoever is connected loses the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var user in users)
        {
            await management.DeleteAsync(new Uri($"/api/users/{user}", UriKind.Relative));
        }

        await management.DeleteAsync(new Uri($"/api/vhosts/{name}", UriKind.Relative));
        management.Dispose();
    }

    private async Task<IEnumerable<string>> ListAsync(string kind, string line, params string[] columns)
    {
        var all = await management.GetFromJsonAsync<JsonElement>(
            new Uri($"/api/{kind}/{name}", UriKind.Relative)
        );
        return all.EnumerateArray()
            .Select(one =>
                string.Format(
                    CultureInfo.InvariantCulture,
                    line,
                    [.. columns.Select(column => (object)one.GetProperty(column).ToString())]
                )
            )
            .Order(StringComparer.Ordinal);
    }

    private async Task PutAsync(string path, object body)
    {
        using var response = await management.PutAsJsonAsync(new Uri(path, UriKind.Relative), body);
        response.EnsureSuccessStatusCode();
    }
}
