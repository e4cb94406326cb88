namespace RotationMesh.Hosting;

/// <summary>
/// The environment variables that a program sees: those of its process, or, where another program runs it in its own
/// process, those that it was given.
/// </summary>
public static class EnvironmentVariables
{
    private static readonly AsyncLocal<Dictionary<string, string>?> Given = new();

    /// <summary>Lets what is called from here on see these variables alone.</summary>
    public static void Give(IEnumerable<KeyValuePair<string, string>> variables) =>
        Given.Value = new(variables);

    /// <summary>Value of a variable; null where it is not set.</summary>
    public static string? Get(string name) =>
        Given.Value is { } given ? given.GetValueOrDefault(name) : Environment.GetEnvironmentVariable(name);

    /// <summary>Takes a variable away, also for processes that are started later.</summary>
    public static void Remove(string name)
    {
        if (Given.Value is { } given)
            given.Remove(name);
        else
            Environment.SetEnvironmentVariable(name, null);
    }
}
