using NUnit.Framework;
using RotationMesh.TestKit;
using RotationMesh.TestKit.Processes;

namespace RotationMesh.FaultTests.Support;

/// <summary>Loads the sample with the program, under the keys of these tests.</summary>
internal static class SampleOf
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Keys that protect nothing but made-up rows; version 2 is current where <paramref name="current"/> is 2.</summary>
    public static Dictionary<string, string?> Keys(int current) =>
        new()
        {
            ["MASTER_ENCRYPTION_KEY"] = current == 1 ? Old : New,
            ["MASTER_ENCRYPTION_KEY_VERSION"] = $"{current}",
            ["MASTER_ENCRYPTION_PREVIOUS_KEYS"] = current == 1 ? null : $$"""{"1":"{{Old}}"}""",
        };

    public const string Old = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-old";
    public const string New = "kV9x2Lq7Rt4Wz8Yb3Nc6Mf1Hg5Jd0Ps-new";

    /// <summary>Three tenants hold most of the rows, the others share the rest.</summary>
    public static async Task LoadAsync(TestDatabase database, int rows, int tenants)
    {
        var folder = Directory.CreateTempSubdirectory("rotationmesh-sample-").FullName;
        try
        {
            var variables = Keys(1);
            variables["APP_DATABASE_URL"] = database.ConnectionString;
            var map = await RunAsync(folder, variables, "sample", "map");
            await File.WriteAllTextAsync(Path.Combine(folder, "rotation.yaml"), map.Output);
            await RunAsync(
                folder,
                variables,
                "sample",
                "load",
                "--rows",
                $"{rows}",
                "--tenants",
                $"{tenants}",
                "--skew",
                "huge"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ProcessOutcome> RunAsync(
        string folder,
        Dictionary<string, string?> variables,
        params string[] arguments
    )
    {
        var outcome = await new CommandLine(Artifacts.RotationMesh, arguments)
        {
            Environment = variables,
            Directory = folder,
        }.RunAsync(Deadline);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.ToString());
        return outcome;
    }
}
