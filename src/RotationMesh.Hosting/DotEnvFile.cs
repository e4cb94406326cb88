using System.Diagnostics.CodeAnalysis;
using System.Text;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Hosting;

/// <summary>
/// The variables of a dotenv file, in the forms that its usual readers take: see <see cref="DotEnvParser"/>. Where these
/// readers differ, the other readings are kept beside the one that is taken.
/// </summary>
public sealed class DotEnvFile
{
    private readonly Dictionary<string, DotEnvValue> values;

    private DotEnvFile(Dictionary<string, DotEnvValue> values) => this.values = values;

    /// <summary>No file.</summary>
    internal static DotEnvFile None { get; } = new([]);

    /// <summary>Value of a variable. Throws <see cref="KeyNotFoundException"/> where the file does not set it.</summary>
    public string this[string name] => values[name].Text;

    /// <summary>
    /// Reads a file. Throws <see cref="UsageException"/> with file and line for what is not understood, never with the
    /// line's text.
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

    /// <summary>Value of a variable; false where the file does not set it.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        value = values.TryGetValue(name, out var found) ? found.Text : null;
        return value is not null;
    }

    /// <summary>What other readers of such a file take the value for.</summary>
    public IReadOnlyList<OtherReading> Others(string name) =>
        values.TryGetValue(name, out var found) ? found.Others : [];

    /// <summary>Forgets a variable; what other readers take it for is overwritten.</summary>
    public void Remove(string name)
    {
        if (!values.Remove(name, out var found))
            return;
        foreach (var other in found.Others)
            SecretText.Erase(other.Text);
    }
}

/// <summary>A value of a dotenv file, and what other readers take it for.</summary>
internal sealed record DotEnvValue(string Text, IReadOnlyList<OtherReading> Others);
