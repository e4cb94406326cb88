namespace RotationMesh.IntegrationTests.Support;

/// <summary>A role without privileges of its own, for one test.</summary>
internal sealed class TestRole : IAsyncDisposable
{
    public const string Password = "of-a-trial-role";

    private readonly Fixture fixture;

    private TestRole(Fixture fixture, string name) => (this.fixture, Name) = (fixture, name);

    public string Name { get; }

    public string ConnectionString =>
        new Npgsql.NpgsqlConnectionStringBuilder(fixture.ConnectionString)
        {
            Username = Name,
            Password = Password,
        }.ConnectionString;

    public static async Task<TestRole> CreateAsync(Fixture fixture)
    {
        var name = $"role_{Guid.NewGuid():N}";
        await fixture.ExecuteAsync($"CREATE ROLE {name} LOGIN PASSWORD '{Password}' NOBYPASSRLS");
        return new TestRole(fixture, name);
    }

    public Task GrantAsync(string privileges, string table) =>
        fixture.ExecuteAsync($"GRANT {privileges} ON {table} TO {Name}");

    public async ValueTask DisposeAsync()
    {
        await fixture.ExecuteAsync($"DROP OWNED BY {Name}");
        await fixture.ExecuteAsync($"DROP ROLE {Name}");
    }
}
