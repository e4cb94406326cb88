using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Support;

/// <summary>
/// Where an operator works: a database, a folder with its rotation map, and the variables that the program is started
/// with. The key ring holds versions 1 and 2, of which 2 is current, until a test changes it.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>Longest run of the program, on a machine that is busy with other tests.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>What the program prints as the sample's map.</summary>
    private static readonly Lazy<Task<string>> SampleMap = new(async () =>
        (await new CommandLine(Artifacts.RotationMesh, "sample", "map").RunAsync(Deadline)).Exits(0).Output
    );

    private Site(TestDatabase database)
    {
        Database = database;
        Folder = Directory.CreateTempSubdirectory("rotationmesh-site-").FullName;
        Variables["APP_DATABASE_URL"] = database.ConnectionString;
        HoldKeys(2, 1);
    }

    public TestDatabase Database { get; }

    /// <summary>The program's working folder, with <c>rotation.yaml</c>.</summary>
    public string Folder { get; }

    /// <summary>The program's environment, but for what it has from this process.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>Text of the rotation map.</summary>
    public string Map
    {
        get => File.ReadAllText(FilePath("rotation.yaml"));
        set => File.WriteAllText(FilePath("rotation.yaml"), value);
    }

    /// <summary>A site without tables.</summary>
    public static async Task<Site> EmptyAsync() => await EmptyAsync(await TestDatabase.CreateAsync());

    /// <summary>A site with the sample on a server of the test's own.</summary>
    public static async Task<Site> LoadOnAsync(PrivatePostgres server, params string[] options) =>
        await LoadIntoAsync(await server.CreateDatabaseAsync(), options);

    /// <summary>A site in that database, into which the program has loaded the sample.</summary>
    public static async Task<Site> LoadIntoAsync(TestDatabase database, string[] options)
    {
        var site = await EmptyAsync(database);
        (await site.RunAsync(["sample", "load", .. options])).Exits(0);
        return site;
    }

    private static async Task<Site> EmptyAsync(TestDatabase database)
    {
        var site = new Site(database);
        site.Map = await SampleMap.Value;
        return site;
    }

    /// <summary>A site with the sample, encrypted at version 1 unless the options of <c>sample load</c> say otherwise.</summary>
    public static async Task<Site> LoadAsync(params string[] options) =>
        await EmptyAsync(await LoadedSamples.CopyAsync(options));

    /// <summary>Sets the key ring's variables.</summary>
    public void HoldKeys(int current, params int[] others) => Set(MasterKeys.Variables(current, others));

    /// <summary>Sets variables; null takes one away.</summary>
    public void Set(IEnumerable<KeyValuePair<string, string?>> variables)
    {
        foreach (var (name, value) in variables)
            Variables[name] = value;
    }

    /// <summary>Writes a file into the folder and returns its path.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(FilePath(name), content);
        return FilePath(name);
    }

    /// <summary>The program with these arguments, ready to be started.</summary>
    public CommandLine Command(params string[] arguments) =>
        new(Artifacts.RotationMesh, arguments)
        {
            Environment = new Dictionary<string, string?>(Variables),
            Directory = Folder,
        };

    /// <summary>
    /// Runs the program to its end, in this process: the start of a process takes longer than most verbs. It finds the map,
    /// but no other file of the folder by its name; for that, and for what is asked of the process itself, there is
    /// <see cref="RunProcessAsync"/>.
    /// </summary>
    public async Task<ProcessOutcome> RunAsync(params string[] arguments)
    {
        var map = new Dictionary<string, string?> { ["ROTATIONMESH_CONFIG"] = FilePath("rotation.yaml") };
        var outcome = await InProcess.RunAsync(map.Concat(Variables), arguments);
        return outcome with { Output = FromTheFolder(outcome.Output), Error = FromTheFolder(outcome.Error) };
    }

    /// <summary>Runs the program to its end in a process of its own.</summary>
    public Task<ProcessOutcome> RunProcessAsync(params string[] arguments) =>
        Command(arguments).RunAsync(Deadline);

    /// <summary>Waits for the end of the program that runs.</summary>
    public static Task<ProcessOutcome> EndAsync(ProcessRun run) => run.EndAsync(Deadline);

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    // As it is said where the program runs in the folder.
    private string FromTheFolder(string said) => said.Replace(Folder + Path.DirectorySeparatorChar, "");

    private string FilePath(string name) => Path.Combine(Folder, name);
}
