using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>A role with a password of its own, dropped with everything that it was granted.</summary>
internal sealed class Role : IAsyncDisposable
{
    private readonly TestDatabase database;

    private Role(TestDatabase database, string name)
    {
        this.database = database;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Username = name,
            Password = $"pw-{name}",
        }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>A role that may log in, bypass row-level security, and read and write the tables, but create nothing.</summary>
    public static async Task<Role> CreateAsync(TestDatabase database)
    {
        var role = new Role(database, $"role_{Guid.NewGuid():N}");
        await database.ExecuteAsync(
            $"""
            CREATE ROLE {role.Name} LOGIN BYPASSRLS PASSWORD 'pw-{role.Name}';
            GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO {role.Name};
            """
        );
        return role;
    }

    public async ValueTask DisposeAsync() =>
        await database.ExecuteAsync($"DROP OWNED BY {Name} CASCADE; DROP ROLE {Name}");
}
