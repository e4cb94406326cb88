using System.Text;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Hosting;

/// <summary>
/// Reads settings and secrets from the program's environment, and then from a dotenv file. A secret may also be in the file
/// that <c>NAME_FILE</c> names (a mounted secret).
/// </summary>
public sealed class Variables
{
    private const string FileSuffix = "_FILE";
    private readonly string? envFile;
    private readonly DotEnvFile file;

    /// <summary>Reads the dotenv file, where one is given.</summary>
    public Variables(string? envFile)
    {
        this.envFile = envFile;
        file = envFile is null ? DotEnvFile.None : DotEnvFile.Read(envFile);
    }

    /// <summary>
    /// Returns warnings of variables that look like the program's and change nothing. The text of the map at
    /// <paramref name="map"/> may name further ones that are known.
    /// </summary>
    public IReadOnlyList<string> Warnings(string map)
    {
        var given = EnvironmentVariables.Names;
        return
        [
            .. UnknownVariables.Warn([.. given, .. file.Names], map),
            .. UnknownVariables.WarnOfFile([.. file.Names.Except(given)]),
        ];
    }

    /// <summary>Returns the value of a variable; null where it is not set or empty.</summary>
    public string? Get(string name)
    {
        var value = EnvironmentVariables.Get(name);
        if (string.IsNullOrEmpty(value))
            file.TryGet(name, out value);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>
    /// Returns the secret in a variable, or in the file that <c>NAME_FILE</c> names, by <see cref="SecretRule"/>; null where
    /// neither is set. Throws <see cref="UsageException"/> where both are set, or where the file can't be read or is no text.
    /// </summary>
    public string? GetSecret(string name) => Find(name) is { } written ? SecretRule.Taken(written) : null;

    /// <summary>Says where the value of a variable is, without the value; null where it is not set or empty.</summary>
    public string? Source(string name) =>
        Get(name) is null ? null
        : IsOfFile(name) ? $"dotenv file {envFile} ({name})"
        : $"environment variable {name}";

    /// <summary>
    /// Says where a secret is, without the secret; null where it is not set. Secrets that were taken are nowhere any more.
    /// </summary>
    public string? SourceOfSecret(string name) =>
        Get(name + FileSuffix) is { } path ? SourceOfFile(path, name + FileSuffix) : Source(name);

    /// <summary>Says that a secret is in a file, which the option or variable <paramref name="namedBy"/> names.</summary>
    public static string SourceOfFile(string path, string namedBy) =>
        $"mounted secret file {path} ({namedBy})";

    /// <summary>Takes the key ring out of these variables, as <see cref="Take"/> does.</summary>
    public KeyRing TakeRing() => Take(KeyRingReader.Read);

    /// <summary>
    /// Reads the secret in a file, by <see cref="SecretRule"/>. Throws <see cref="UsageException"/> where it can't be read or
    /// is no text; the message has <paramref name="namedBy"/>, the option or variable that names the file.
    /// </summary>
    public static string ReadSecret(string path, string namedBy) =>
        SecretRule.Taken(ReadWritten(path, namedBy));

    /// <summary>
    /// Lets <paramref name="read"/> read secrets and their other readings, and then removes them from this process's
    /// environment, which its children inherit, and from the variables of the dotenv file. It also overwrites their text.
    /// Mounted secrets stay readable.
    /// </summary>
    public T Take<T>(Func<Func<string, string?>, Func<string, IReadOnlyList<OtherReading>>, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var written = new Dictionary<string, string?>();
        var texts = new List<string?>();
        try
        {
            return read(
                name =>
                {
                    var found = written[name] = Find(name);
                    var taken = found is null ? null : SecretRule.Taken(found);
                    texts.AddRange([found, taken]);
                    return taken;
                },
                name =>
                {
                    var others = written[name] is { } found ? SecretRule.Others(found) : [];
                    texts.AddRange(others.Select(other => other.Text));
                    return [.. others, .. IsOfFile(name) ? file.Others(name) : []];
                }
            );
        }
        finally
        {
            foreach (var name in written.Keys)
            {
                if (EnvironmentVariables.Get(name) is not null)
                    EnvironmentVariables.Remove(name);
                file.Remove(name);
            }

            texts.ForEach(SecretText.Erase);
        }
    }

    private string? Find(string name)
    {
        var value = Get(name);
        if (Get(name + FileSuffix) is not { } path)
            return value;
        if (value is not null)
            throw new UsageException($"both {name} and {name}{FileSuffix} are set: set one of them");
        return ReadWritten(path, $"{name}{FileSuffix}");
    }

    private bool IsOfFile(string name) =>
        string.IsNullOrEmpty(EnvironmentVariables.Get(name)) && file.TryGet(name, out _);

    private static string ReadWritten(string path, string namedBy)
    {
        try
        {
            return SecretFile.Read(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the file that {namedBy} names can't be read: {path}", fault);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"the file that {namedBy} names is not text in UTF-8: {path}"); // the fault quotes bytes
        }
    }
}
