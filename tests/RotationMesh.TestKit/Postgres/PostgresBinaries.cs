namespace RotationMesh.TestKit.Postgres;

/// <summary>Where PostgreSQL is installed on this machine.</summary>
internal static class PostgresBinaries
{
    /// <summary>The folder of the newest <c>initdb</c> and <c>pg_ctl</c>, or null.</summary>
    public static string? Find() => Candidates().FirstOrDefault(IsComplete);

    private static IEnumerable<string> Candidates()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> versions = Directory.Exists(Debian)
            ? Directory
                .GetDirectories(Debian)
                .OrderByDescending(folder =>
                    int.TryParse(Path.GetFileName(folder), out var version) ? version : 0
                )
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "initdb"))
            .Where(File.Exists)
            .Select(initdb => Path.GetDirectoryName(Resolve(initdb))!);
        return versions.Concat(path);
    }

    // A link on the path stands alone; its neighbours are where it points.
    private static string Resolve(string file) =>
        File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl"));
}
