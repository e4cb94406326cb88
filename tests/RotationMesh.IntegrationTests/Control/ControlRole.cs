using Npgsql;
using RotationMesh.Control;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A control database whose schema is up to date, and a role that was granted all that is needed of it.</summary>
internal sealed class ControlRole : IAsyncDisposable
{
    private ControlRole(TestDatabase database, string name)
    {
        (Database, Name) = (database, name);
        Control = new ControlDatabase(
            new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Username = name,
                Password = name,
                Pooling = false,
            }.ConnectionString
        );
    }

    public TestDatabase Database { get; }

    public string Name { get; }

    /// <summary>The control database as the role sees it.</summary>
    public ControlDatabase Control { get; }

    public static async Task<ControlRole> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await using (var owner = new ControlDatabase(database.ConnectionString))
            await owner.MigrateAsync(CancellationToken.None);
        var role = new ControlRole(database, $"role_{Guid.NewGuid():N}");
        await database.ExecuteAsync(
            $"""
            CREATE ROLE {role.Name} LOGIN PASSWORD '{role.Name}';
            GRANT USAGE ON SCHEMA rotationmesh TO {role.Name};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rotationmesh TO {role.Name}
            """
        );
        return role;
    }

    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        await Database.ExecuteAsync($"DROP OWNED BY {Name}; DROP ROLE {Name}");
        await Database.DisposeAsync();
    }
}
