using RotationMesh.TestKit;
using RotationMesh.TestKit.RabbitMq;

namespace RotationMesh.FaultTests.Support;

/// <summary>One database server and one broker for all tests, each of which leaves both running.</summary>
internal static class Servers
{
    private static readonly Lazy<Task<PrivatePostgres>> Database = new(() => PrivatePostgres.StartAsync());
    private static readonly Lazy<Task<RabbitMqServer>> Queues = new(() => RabbitMqServer.StartAsync());
    private static readonly Lazy<Task<TestDatabase>> Sample = new(LoadAsync);

    public static Task<PrivatePostgres> PostgresAsync() => Database.Value;

    public static Task<RabbitMqServer> RabbitMqAsync() => Queues.Value;

    /// <summary>A copy of a loaded sample, encrypted at version 1.</summary>
    public static async Task<TestDatabase> CopyAsync() => await (await Sample.Value).CopyAsync();

    public static async Task StopAsync()
    {
        if (Sample.IsValueCreated && Sample.Value.IsCompletedSuccessfully)
            await Sample.Value.Result.DisposeAsync();
        if (Queues.IsValueCreated && Queues.Value.IsCompletedSuccessfully)
            await Queues.Value.Result.DisposeAsync();
        if (Database.IsValueCreated && Database.Value.IsCompletedSuccessfully)
            await Database.Value.Result.DisposeAsync();
    }

    private static async Task<TestDatabase> LoadAsync()
    {
        var database = await (await PostgresAsync()).CreateDatabaseAsync();
        await SampleOf.LoadAsync(database, rows: 40_000, tenants: 400);
        return database;
    }
}
