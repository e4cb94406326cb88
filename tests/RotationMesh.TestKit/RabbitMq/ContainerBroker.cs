using System.Security.Cryptography;
using RotationMesh.TestKit.Servers;
using Testcontainers.RabbitMq;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>
/// A node with its management API in a container of the local Docker engine. Its ports and what it has on disk stay when it
/// is stopped and started.
/// </summary>
internal sealed class ContainerBroker : IAsyncDisposable
{
    private const string ImageVariable = "ROTATIONMESH_TEST_RABBITMQ_IMAGE";
    private const string DefaultImage = "rabbitmq:4-management";
    private const int AmqpPort = 5672;
    private const int ApiPort = 15672;

    private readonly RabbitMqContainer container;

    private ContainerBroker(RabbitMqContainer container, int port, int management, string password) =>
        (this.container, Port, Management, Password) = (container, port, management, password);

    /// <summary>Port of the broker on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Port of its management API on 127.0.0.1.</summary>
    public int Management { get; }

    /// <summary>Password of its administrator.</summary>
    public string Password { get; }

    /// <summary>Starts one, with an administrator of that name; returns when it takes connections.</summary>
    public static async Task<ContainerBroker> StartAsync(string administrator)
    {
        var (port, management) = (Machine.FreePort(), Machine.FreePort());
        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var container = new RabbitMqBuilder(Missing.Variable(ImageVariable) ?? DefaultImage)
            .WithUsername(administrator)
            .WithPassword(password)
            .WithPortBinding(port, AmqpPort)
            .WithPortBinding(management, ApiPort)
            .Build();
        try
        {
            await container.StartAsync();
            return new ContainerBroker(container, port, management, password);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does a command of <c>private-broker.sh</c>; throws where the node refuses it.</summary>
    public Task DoAsync(string command) =>
        command switch
        {
            "stop" => container.StopAsync(),
            "start" => container.StartAsync(),
            "alarm" => ControlAsync("set_vm_memory_high_watermark", "absolute", "1"),
            "calm" => ControlAsync("set_vm_memory_high_watermark", "0.9"),
            "impatient" => ControlAsync(
                "eval",
                "application:set_env(rabbit, consumer_timeout, 10000), application:set_env(rabbit, channel_tick_interval, 1000)."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command, null),
        };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => container.DisposeAsync();

    private async Task ControlAsync(params string[] arguments)
    {
        var outcome = await container.ExecAsync(["rabbitmqctl", .. arguments]);
        if (outcome.ExitCode != 0)
            throw new InvalidOperationException(
                $"rabbitmqctl {arguments[0]}: {outcome.Stdout}{outcome.Stderr}"
            );
    }
}
