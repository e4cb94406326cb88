using RotationMesh.TestKit.Servers;

namespace RotationMesh.TestKit.RabbitMq;

/// <summary>
/// The one broker of a test process, in which each <see cref="TestBroker"/> has a virtual host of its own: a given one, else
/// a container, else installed binaries. It ends with the process.
/// </summary>
internal static class SharedBroker
{
    private const string Variable = "ROTATIONMESH_TEST_RABBITMQ";
    private const string ManagementVariable = "ROTATIONMESH_TEST_RABBITMQ_MANAGEMENT";

    private static readonly Lazy<Task<RabbitMqServer?>> Server = new(() => Task.Run(ClimbAsync));

    static SharedBroker() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAsync().Wait(TimeSpan.FromSeconds(10));

    /// <summary>
    /// The broker with its administrator, and its management API. Where none can be had the test is ignored, or fails if
    /// <c>CI</c> is set.
    /// </summary>
    public static async Task<(Uri Server, Uri Management)> AddressAsync()
    {
        if (
            Missing.Variable(Variable) is { } address
            && Missing.Variable(ManagementVariable) is { } management
        )
            return (new Uri(address), new Uri(management));
        var server =
            await Server.Value
            ?? throw Missing.Tell(
                $"no RabbitMQ for the tests: set {Variable} and {ManagementVariable}, as tests/run.sh does after "
                    + "infra/services.sh start rabbitmq, start Docker, or run: infra/services.sh install rabbitmq"
            );
        return (new Uri(server.Url("")), server.Management.Address);
    }

    private static Task<RabbitMqServer?> ClimbAsync() =>
        Ladder.ClimbAsync("RabbitMQ", RabbitMqServer.StartContainerAsync, RabbitMqServer.Native);

    private static async Task EndAsync()
    {
        if (Server.IsValueCreated && !Server.Value.IsFaulted && await Server.Value is { } server)
            await server.DisposeAsync();
    }
}
