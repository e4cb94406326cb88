namespace RotationMesh.TestKit;

/// <summary>The programs that <c>make build</c> leaves, for tests that start the real thing.</summary>
public static class Artifacts
{
    /// <summary>Full path of the command line program.</summary>
    public static string RotationMesh => Built("rotationmesh");

    /// <summary>Full path of the coordinator.</summary>
    public static string Coordinator => Built("rotationmesh-coordinator");

    /// <summary>Full path of the worker.</summary>
    public static string Worker => Built("rotationmesh-worker");

    private static string Built(string program)
    {
        var path = Path.Combine(RepositoryRoot.Path, "artifacts", program);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there: run make build");
    }
}
