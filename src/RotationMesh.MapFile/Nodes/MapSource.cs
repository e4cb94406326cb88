using RotationMesh.Core;

namespace RotationMesh.MapFile.Nodes;

/// <summary>The file that a map is read from, and the variables that its values may name.</summary>
internal sealed class MapSource(string path, Func<string, string?> variable)
{
    /// <summary>The file as the operator named it.</summary>
    public string Path => path;

    /// <summary>Returns the text with its variables replaced. Throws <see cref="FormatException"/> with the reason.</summary>
    public string Substitute(string text) => Substitution.Apply(text, variable);

    /// <summary>
    /// Returns a fault at a line of the file. The message is one line, even where a name that it quotes has line breaks.
    /// </summary>
    public UsageException Fault(long line, string text) => new(OneLine($"{path}:{line}: {text}"));

    private static string OneLine(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
}
