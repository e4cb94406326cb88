using NUnit.Framework;
using RotationMesh.TestKit.Processes;

namespace RotationMesh.TestKit.Deployment;

/// <summary>The secrets of <c>compose/</c>, made up by its own script in a folder of the test; gone on dispose.</summary>
public sealed class ComposeSecrets : IDisposable
{
    private const string Script = "compose/init/secrets.sh";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private ComposeSecrets(string folder) => Folder = folder;

    /// <summary>Where they are: a folder a part of the stack.</summary>
    public string Folder { get; }

    /// <summary>Makes them up.</summary>
    public static async Task<ComposeSecrets> MakeAsync()
    {
        var secrets = new ComposeSecrets(Directory.CreateTempSubdirectory("rotationmesh-secrets-").FullName);
        await secrets.StartAsync();
        return secrets;
    }

    /// <summary>Runs the script as each start of the stack does, with a setting of the user of some part.</summary>
    public async Task StartAsync(string? setting = null, int user = 0)
    {
        var variables = new Dictionary<string, string?> { ["SECRETS"] = Folder };
        if (setting is not null)
            variables[setting] = $"{user}";
        var script = new CommandLine("bash", Path.Combine(RepositoryRoot.Path, Script))
        {
            Environment = variables,
        };
        var outcome = (await script.RunAsync(Deadline)).Exits(0);
        Assert.That(outcome.Output + outcome.Error, Is.Empty, "it prints nothing");
    }

    /// <summary>Full path of a secret, such as <c>redis/users.acl</c>.</summary>
    public string PathOf(string secret) => Path.Combine(Folder, secret);

    /// <summary>Text of a secret.</summary>
    public string Read(string secret) => File.ReadAllText(PathOf(secret));

    /// <summary>Value of a variable in the dotenv file of a part, such as <c>worker</c>.</summary>
    public string Variable(string part, string name) =>
        File.ReadLines(PathOf($"{part}/env"))
            .Single(line => line.StartsWith($"{name}=", StringComparison.Ordinal))[(name.Length + 1)..];

    /// <summary>The same of an address with a user and a password, as it is on another host and port.</summary>
    public string Address(string part, string name, int port) =>
        new UriBuilder(Variable(part, name)) { Host = "127.0.0.1", Port = port }.Uri.ToString();

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
