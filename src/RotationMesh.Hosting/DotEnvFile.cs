using System.Diagnostics.CodeAnalysis;
using System.Text;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Hosting;

/// <summary>
/// The variables of a dotenv file; <see cref="DotEnvParser"/> lists the supported forms. Dotenv readers differ: where another
/// one would read another value, that reading is kept as well.
/// </summary>
public sealed class DotEnvFile
{
    private readonly Dictionary<string, DotEnvValue> values;

    private DotEnvFile(Dictionary<string, DotEnvValue> values) => this.values = values;

    /// <summary>Stands for no file, and sets no variable.</summary>
    internal static DotEnvFile None { get; } = new([]);

    /// <summary>
    /// Reads a file. Throws <see cref="UsageException"/> where it can't be read or is not UTF-8, and with file and line for a
    /// line that can't be parsed; never with the line's text.
    /// </summary>
    public static DotEnvFile Read(string path)
    {
        try
        {
            return new(new DotEnvParser(path, SecretFile.Read(path)).Parse());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the environment file {path} can't be read", fault);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"the environment file {path} is not text in UTF-8"); // the fault quotes bytes
        }
    }

    /// <summary>Names of the variables that the file sets.</summary>
    public IReadOnlyCollection<string> Names => values.Keys;

    /// <summary>Finds the value of a variable; false where the file does not set it.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        value = values.TryGetValue(name, out var found) ? found.Text : null;
        return value is not null;
    }

    /// <summary>Returns the values that other dotenv readers would read.</summary>
    public IReadOnlyList<OtherReading> Others(string name) =>
        values.TryGetValue(name, out var found) ? found.Others : [];

    /// <summary>Forgets a variable, and overwrites the values that other readers would read.</summary>
    public void Remove(string name)
    {
        if (!values.Remove(name, out var found))
            return;
        foreach (var other in found.Others)
            SecretText.Erase(other.Text);
    }
}

/// <summary>A value of a dotenv file, and the values that other readers would read.</summary>
internal sealed record DotEnvValue(string Text, IReadOnlyList<OtherReading> Others);
