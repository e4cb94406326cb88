namespace RotationMesh.CliTests.Support;

/// <summary>Programs that not every machine has.</summary>
internal static class Installed
{
    /// <summary>Full path of a program; null where the machine does not have it.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
