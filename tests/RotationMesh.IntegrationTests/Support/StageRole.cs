namespace RotationMesh.IntegrationTests.Support;

/// <summary>A role without privileges of its own, for one test.</summary>
internal sealed class StageRole : IAsyncDisposable
{
    public const string Password = "of-a-trial-role";

    private readonly Stage stage;

    private StageRole(Stage stage, string name) => (this.stage, Name) = (stage, name);

    public string Name { get; }

    public string ConnectionString =>
        new Npgsql.NpgsqlConnectionStringBuilder(stage.ConnectionString)
        {
            Username = Name,
            Password = Password,
        }.ConnectionString;

    public static async Task<StageRole> CreateAsync(Stage stage)
    {
        var name = $"role_{Guid.NewGuid():N}";
        await stage.ExecuteAsync($"CREATE ROLE {name} LOGIN PASSWORD '{Password}' NOBYPASSRLS");
        return new StageRole(stage, name);
    }

    public Task GrantAsync(string privileges, string table) =>
        stage.ExecuteAsync($"GRANT {privileges} ON {table} TO {Name}");

    public async ValueTask DisposeAsync()
    {
        await stage.ExecuteAsync($"DROP OWNED BY {Name}");
        await stage.ExecuteAsync($"DROP ROLE {Name}");
    }
}
