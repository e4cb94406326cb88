using NUnit.Framework;
using RotationMesh.TestKit.Postgres;

namespace RotationMesh.TestKit;

/// <summary>
/// The one PostgreSQL server of a test process: started by the first test that asks, ended by <see cref="StopAsync"/>
/// (call it from the assembly's <c>[SetUpFixture]</c>), and ended by itself if the process is killed.
/// </summary>
public static class PostgresServer
{
    private const string Missing =
        $"no PostgreSQL for the tests: set {PostgresLadder.Variable} to a superuser's connection string, start Docker, "
        + "or run: infra/services.sh install postgres";

    private static readonly Lazy<Task<IPostgres?>> Server = new(() => Task.Run(PostgresLadder.ClimbAsync));
    private static readonly Lazy<Task> Stopped = new(EndAsync);

    static PostgresServer() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) => StopAsync().Wait(TimeSpan.FromSeconds(10));

    /// <summary>
    /// Connects as a superuser. Where no server can be had, the test is ignored, or fails if <c>CI</c> is set: a
    /// skipped test in CI would look like a passed one.
    /// </summary>
    public static async Task<string> ConnectionStringAsync()
    {
        if (await Server.Value is { } server)
        {
            return server.ConnectionString;
        }

        if (string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable("CI")))
        {
            Assert.Ignore(Missing);
        }

        Assert.Fail(Missing);
        throw new InvalidOperationException(Missing);
    }

    /// <summary>Ends the server, if one was started here. Once is enough, twice does no harm.</summary>
    public static Task StopAsync() => Stopped.Value;

    private static async Task EndAsync()
    {
        if (Server.IsValueCreated && !Server.Value.IsFaulted && await Server.Value is { } server)
        {
            await TemplateDatabases.DropAsync();
            await server.DisposeAsync();
        }
    }
}
