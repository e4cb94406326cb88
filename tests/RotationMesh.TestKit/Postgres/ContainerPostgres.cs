using Testcontainers.PostgreSql;

namespace RotationMesh.TestKit.Postgres;

/// <summary>A server in a container of the local Docker engine.</summary>
internal sealed class ContainerPostgres : IPostgres
{
    private readonly PostgreSqlContainer container;

    private ContainerPostgres(PostgreSqlContainer container) => this.container = container;

    public string ConnectionString => container.GetConnectionString();

    public static async Task<IPostgres> StartAsync(string image)
    {
        PostgreSqlContainer container = new PostgreSqlBuilder(image)
            .WithUsername("rotationmesh")
            .WithCommand("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
            .Build();
        try
        {
            await container.StartAsync();
            return new ContainerPostgres(container);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();
}
