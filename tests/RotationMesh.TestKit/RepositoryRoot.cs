namespace RotationMesh.TestKit;

/// <summary>The checkout that the tests were built in.</summary>
public static class RepositoryRoot
{
    private const string Mark = "RotationMesh.sln";

    /// <summary>Full path of the checkout.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Mark)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no {Mark} in {AppContext.BaseDirectory} or above it");
    }
}
