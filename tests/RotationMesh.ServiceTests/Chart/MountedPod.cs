using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RotationMesh.ServiceTests.Chart;

/// <summary>
/// A pod of the chart as processes of this machine can have it: its files in a folder, and its variables, which name them.
/// What the Secrets hold is the fixture's.
/// </summary>
internal sealed class MountedPod : IDisposable
{
    private const string Token =
        "rotationmesh_0d2f4f5f0c1e4bb1a7f3a1d0e5f94c7b8d6a2e3c1f0b9a8e7d6c5b4a39281706";

    // Of what the fixture gives to every program, a pod has nothing but what the chart gives it.
    private static readonly string[] Fixtures =
    [
        .. Keys.Variables(Keys.New).Keys,
        "APP_DATABASE_URL",
        "ROTATIONMESH_RABBITMQ",
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rotationmesh-pod-");
    private readonly Dictionary<string, string?> variables = Fixtures.ToDictionary(
        name => name,
        _ => (string?)null
    );

    public MountedPod(RenderedPod pod, Fixture fixture, Uri? coordinator = null)
    {
        Pod = pod;
        var secrets = Secrets(fixture);
        foreach (var (name, value) in pod.Variables)
            variables[name] = value;
        foreach (var (path, key) in pod.Secrets)
        {
            var file = Path.Combine(folder.FullName, path.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, secrets[key]);
            foreach (var (name, _) in pod.Variables.Where(variable => variable.Value == path))
                variables[name] = file;
        }

        variables.Remove("ROTATIONMESH_LISTEN"); // an option says which port is free
        if (variables.ContainsKey("ROTATIONMESH_CONFIG"))
            variables["ROTATIONMESH_CONFIG"] = Path.Combine(fixture.Folder, "rotation.yaml");
        if (variables.ContainsKey("ROTATIONMESH_SERVER"))
            variables["ROTATIONMESH_SERVER"] = $"{coordinator}";
    }

    public RenderedPod Pod { get; }

    public IReadOnlyDictionary<string, string?> Variables => variables;

    /// <summary>How long it has from SIGTERM to SIGKILL.</summary>
    public TimeSpan GracePeriod => TimeSpan.FromSeconds(Pod.Spec.TerminationGracePeriodSeconds!.Value);

    public void Dispose() => folder.Delete(recursive: true);

    // By the names that values.yaml has.
    private static Dictionary<(string, string), string> Secrets(Fixture fixture) =>
        new()
        {
            [("rotationmesh-keys", "current")] = Keys.New,
            [("rotationmesh-keys", "version")] = "2",
            [("rotationmesh-keys", "previous")] = JsonSerializer.Serialize(
                new Dictionary<string, string> { ["1"] = Keys.Old }
            ),
            [("rotationmesh-coordinator", "env")] = Databases(fixture),
            [("rotationmesh-coordinator", "rabbitmq")] = fixture.Broker.Address,
            [("rotationmesh-coordinator", "tokens")] = $"ann operator sha256:{HashOf(Token)}",
            [("rotationmesh-worker", "env")] = Databases(fixture),
            [("rotationmesh-worker", "rabbitmq")] = fixture.Broker.Address,
            [("rotationmesh-operator", "token")] = Token,
        };

    private static string Databases(Fixture fixture) =>
        $"APP_DATABASE_URL='{fixture.Database.ConnectionString}'\n";

    private static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
