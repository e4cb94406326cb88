using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>The broker's management API, as far as tests use it.</summary>
public sealed class RabbitMqManagement : IDisposable
{
    private readonly HttpClient client;
    private readonly string user;

    /// <summary>Where it listens.</summary>
    internal Uri Address { get; }

    internal RabbitMqManagement(int port, string user, string password)
    {
        this.user = user;
        Address = new Uri($"http://127.0.0.1:{port}/");
        client = new HttpClient { BaseAddress = new Uri(Address, "api/"), Timeout = TimeSpan.FromMinutes(5) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))
        );
    }

    /// <summary>Imports users, permissions and the rest of a definitions file, as <c>rabbitmqctl import_definitions</c> does.</summary>
    public async Task ImportAsync(string definitions)
    {
        using var body = new StringContent(definitions, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("definitions", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Creates a virtual host that its user may do everything in, and returns its name.</summary>
    public async Task<string> AddVirtualHostAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        await PutAsync($"vhosts/{name}", new { });
        await PutAsync(
            $"permissions/{name}/{user}",
            new
            {
                configure = ".*",
                write = ".*",
                read = ".*",
            }
        );
        return name;
    }

    /// <summary>Deletes a virtual host with its queues: each that is left makes the broker start later.</summary>
    public async Task DeleteVirtualHostAsync(string virtualHost)
    {
        using var answer = await client.DeleteAsync(new Uri($"vhosts/{virtualHost}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Deletes every queue of a virtual host, with what is in it, and returns how many there were.</summary>
    public async Task<int> DeleteQueuesAsync(string virtualHost)
    {
        var queues = await client.GetFromJsonAsync<JsonElement>($"queues/{virtualHost}?columns=name");
        var deleted = 0;
        foreach (var queue in queues.EnumerateArray())
        {
            var name = Uri.EscapeDataString(queue.GetProperty("name").GetString()!);
            using var answer = await client.DeleteAsync(
                new Uri($"queues/{virtualHost}/{name}", UriKind.Relative)
            );
            if (answer.StatusCode != HttpStatusCode.NotFound) // a temporary one has gone with its connection
                answer.EnsureSuccessStatusCode();
            deleted++;
        }

        return deleted;
    }

    /// <summary>Closes every connection to a virtual host, as a balancer before it might, and returns how many there were.</summary>
    public async Task<int> CloseConnectionsAsync(string virtualHost)
    {
        var connections = await client.GetFromJsonAsync<JsonElement>(
            $"vhosts/{virtualHost}/connections?columns=name"
        );
        var closed = 0;
        foreach (var connection in connections.EnumerateArray())
        {
            var name = Uri.EscapeDataString(connection.GetProperty("name").GetString()!);
            using var answer = await client.DeleteAsync(new Uri($"connections/{name}", UriKind.Relative));
            if (answer.StatusCode != HttpStatusCode.NotFound) // the list lags behind
                answer.EnsureSuccessStatusCode();
            closed++;
        }

        return closed;
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task PutAsync<T>(string path, T body)
    {
        using var answer = await client.PutAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
    }
}
