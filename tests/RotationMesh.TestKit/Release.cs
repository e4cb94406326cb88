using System.Diagnostics;

namespace RotationMesh.TestKit;

/// <summary>A release of coordinator and worker, as two may meet while one replaces the other.</summary>
public sealed record Release
{
    // Asked once: the sources do not change under the tests.
    private static readonly Lazy<bool> UpToDate = new(AreUpToDate);

    private Release(string version, string coordinator, string worker) =>
        (Version, Coordinator, Worker) = (version, coordinator, worker);

    /// <summary>The release that is tested.</summary>
    public static Release Current =>
        new(typeof(Release).Assembly.GetName().Version!.ToString(3), Artifacts.Coordinator, Artifacts.Worker);

    /// <summary>One that differs from it in its version alone.</summary>
    public static Release Next => Built("next", "9.1.0");

    /// <summary>One whose messages are of another contract.</summary>
    public static Release OfAnotherContract => Built("contract", "9.2.0");

    /// <summary>Version that its workers tell.</summary>
    public string Version { get; }

    /// <summary>Full path of its coordinator.</summary>
    public string Coordinator { get; }

    /// <summary>Full path of its worker.</summary>
    public string Worker { get; }

    private static Release Built(string name, string version)
    {
        var folder = Path.Combine(RepositoryRoot.Path, "artifacts", "releases", name);
        return UpToDate.Value
            ? new Release(
                version,
                Path.Combine(folder, "rotationmesh-coordinator"),
                Path.Combine(folder, "rotationmesh-worker")
            )
            : throw new InvalidOperationException(
                $"{folder} is not there, or not made of these sources: run tests/releases.sh"
            );
    }

    private static bool AreUpToDate()
    {
        var script = Path.Combine(RepositoryRoot.Path, "tests", "releases.sh");
        using var check = Process.Start(script, "--check");
        check.WaitForExit();
        return check.ExitCode == 0;
    }
}
