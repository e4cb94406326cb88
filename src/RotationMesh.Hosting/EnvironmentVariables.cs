namespace RotationMesh.Hosting;

/// <summary>
/// The environment variables of a program: those of its process, or the given ones, where another program runs it inside
/// its own process.
/// </summary>
public static class EnvironmentVariables
{
    private static readonly AsyncLocal<Dictionary<string, string>?> Given = new();

    /// <summary>Gives the following calls of this asynchronous flow these variables, and no others.</summary>
    public static void Give(IEnumerable<KeyValuePair<string, string>> variables) =>
        Given.Value = new(variables);

    /// <summary>Names of the variables that are set.</summary>
    public static IReadOnlyCollection<string> Names =>
        Given.Value is { } given
            ? [.. given.Keys]
            : [.. Environment.GetEnvironmentVariables().Keys.Cast<string>()];

    /// <summary>Returns the value of a variable; null where it is not set.</summary>
    public static string? Get(string name) =>
        Given.Value is { } given ? given.GetValueOrDefault(name) : Environment.GetEnvironmentVariable(name);

    /// <summary>Removes a variable, so that child processes do not inherit it either.</summary>
    public static void Remove(string name)
    {
        if (Given.Value is { } given)
            given.Remove(name);
        else
            Environment.SetEnvironmentVariable(name, null);
    }
}
