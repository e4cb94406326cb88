using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>The map for the profiles gates and s3 at once.</summary>
internal static class BothMaps
{
    /// <summary>Writes what the readme says, the last lines of the one map in the other; returns its path.</summary>
    public static string Write()
    {
        var store = Read("rotation-s3.yaml");
        var gates = Read("rotation-gates.yaml");
        var map = Path.Combine(RepositoryRoot.Path, "artifacts/container-results/rotation.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(map)!);
        File.WriteAllText(map, store + gates[gates.IndexOf("gates:\n", StringComparison.Ordinal)..]);
        return map;
    }

    private static string Read(string map) =>
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "compose", map));
}
