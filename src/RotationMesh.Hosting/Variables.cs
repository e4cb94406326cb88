using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Hosting;

/// <summary>
/// Where settings and secrets come from: the process's environment, then a dotenv file; and for each variable the file
/// that <c>NAME_FILE</c> points to (a mounted secret).
/// </summary>
public sealed class Variables
{
    private const string FileSuffix = "_FILE";
    private readonly Dictionary<string, string> file;

    /// <summary>Reads the dotenv file at once, where one is given.</summary>
    public Variables(string? envFile) => file = envFile is null ? [] : new(DotEnvFile.Read(envFile));

    /// <summary>Value of a variable; null where it is not set or empty.</summary>
    public string? Get(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value))
            value = file.GetValueOrDefault(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>
    /// Value of a variable, or content of the file that <c>NAME_FILE</c> names, without the newline at its end. Throws
    /// <see cref="UsageException"/> where both are set or the file can't be read.
    /// </summary>
    public string? GetSecret(string name)
    {
        var value = Get(name);
        if (Get(name + FileSuffix) is not { } path)
            return value;
        if (value is not null)
            throw new UsageException($"both {name} and {name}{FileSuffix} are set: set one of them");
        return ReadSecret(path, $"{name}{FileSuffix}");
    }

    /// <summary>Whether a secret is in a file of its own, which may be replaced while the program runs.</summary>
    public bool IsFile(string name) => Get(name + FileSuffix) is not null;

    /// <summary>
    /// Lets <paramref name="read"/> have secrets once: afterwards they are neither in this process's environment, which its
    /// children get, nor in what was read of the dotenv file, and their text is overwritten. Mounted secrets stay readable.
    /// </summary>
    public T Take<T>(Func<Func<string, string?>, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var taken = new Dictionary<string, string?>();
        try
        {
            return read(name => taken[name] = GetSecret(name));
        }
        finally
        {
            foreach (var (name, value) in taken)
            {
                if (Environment.GetEnvironmentVariable(name) is not null)
                    Environment.SetEnvironmentVariable(name, null);
                file.Remove(name);
                SecretText.Erase(value);
            }
        }
    }

    /// <summary>
    /// Content of a mounted secret, without the newline at its end. Throws <see cref="UsageException"/> with
    /// <paramref name="namedBy"/>, what names the file, where it can't be read.
    /// </summary>
    public static string ReadSecret(string path, string namedBy)
    {
        try
        {
            var content = File.ReadAllText(path);
            return content.EndsWith("\r\n", StringComparison.Ordinal) ? content[..^2]
                : content.EndsWith('\n') ? content[..^1]
                : content;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the file that {namedBy} names can't be read: {path}", fault);
        }
    }
}
