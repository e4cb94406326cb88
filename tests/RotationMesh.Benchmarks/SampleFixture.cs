using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace RotationMesh.Benchmarks;

/// <summary>The sample application on the server that is measured, and the built program with a map and two keys.</summary>
internal sealed class SampleFixture : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rotationmesh-bench");

    private SampleFixture(string server)
    {
        Database = new BenchDatabase(server);
        Environment = new Dictionary<string, string>
        {
            ["APP_DATABASE_URL"] = new NpgsqlConnectionStringBuilder(Database.ConnectionString)
            {
                Pooling = true, // as users have it
            }.ConnectionString,
            ["ROTATIONMESH_CONFIG"] = Path.Combine(folder.FullName, "rotation.yaml"),
            ["MASTER_ENCRYPTION_KEY"] = RandomNumberGenerator.GetHexString(64, lowercase: true),
            ["MASTER_ENCRYPTION_KEY_VERSION"] = "2",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] =
                $$"""{"1":"{{RandomNumberGenerator.GetHexString(64, lowercase: true)}}"}""",
        };
        Program = new BuiltProgram(Built("rotationmesh"), Environment);
    }

    public BenchDatabase Database { get; }

    public BuiltProgram Program { get; }

    /// <summary>What every program of the fixture is started with.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>A fixture without rows.</summary>
    public static async Task<SampleFixture> OpenAsync()
    {
        var fixture = new SampleFixture(Variable("ROTATIONMESH_POSTGRES"));
        var map = await fixture.Program.RunAsync("sample", "map");
        await File.WriteAllTextAsync(fixture.Environment["ROTATIONMESH_CONFIG"], map.Output);
        return fixture;
    }

    /// <summary>
    /// Loads the rows that every run gets a copy of; <paramref name="preparation"/> is SQL that changes them before.
    /// </summary>
    public async Task LoadAsync(int rows, int tenants, string? preparation = null)
    {
        await Database.CreateAsync();
        await Program.RunAsync("sample", "load", "--rows", Text(rows), "--tenants", Text(tenants));
        if (preparation is not null)
            await Database.ExecuteAsync(preparation);
        await Database.KeepAsync();
    }

    /// <summary>Makes a fresh copy; an emptied one has no row that <c>rotate</c> would rewrite.</summary>
    public async Task ResetAsync(bool emptied)
    {
        await Database.ResetAsync();
        if (!emptied)
            return;
        await Database.ExecuteAsync("TRUNCATE knowledge_entries, knowledge_sources");
        await Database.ExecuteAsync("CHECKPOINT");
    }

    /// <summary>Rotates a fresh copy with two workers.</summary>
    public async Task<ProcessFigures> RotateAsync(string? verify = null)
    {
        await Database.ResetAsync();
        string[] verification = verify is null ? [] : ["--verify", verify];
        return await RotateCopyAsync(_ => { }, verification);
    }

    /// <summary>
    /// Rotates the copy as it is with two workers; <paramref name="started"/> is called with the program's process id.
    /// </summary>
    public Task<ProcessFigures> RotateCopyAsync(Action<int> started, params string[] options) =>
        Program.RunAsync(
            started,
            ["rotate", "--scope", "knowledge", "--workers", "2", "--output", "json", .. options]
        );

    /// <summary>A program that <c>make build</c> has left.</summary>
    public static string Built(string program) => Path.GetFullPath(Path.Combine("artifacts", program));

    /// <summary>A variable that <c>make bench</c> sets.</summary>
    public static string Variable(string name) =>
        System.Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set: run `make bench`");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Database.DropAsync();
        folder.Delete(recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
