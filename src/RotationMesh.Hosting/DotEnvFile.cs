using RotationMesh.Core;

namespace RotationMesh.Hosting;

/// <summary>
/// Reads a dotenv file: <c>NAME=value</c> lines, optional <c>export</c>, comments, single quotes (verbatim) and double
/// quotes (with <c>\n</c>, <c>\"</c> and <c>\\</c>).
/// </summary>
public static class DotEnvFile
{
    /// <summary>
    /// The file's variables. Throws <see cref="UsageException"/> with file and line for what is not understood, never
    /// with the line's text.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the environment file {path} can't be read", fault);
        }

        var variables = new Dictionary<string, string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line.StartsWith("export ", StringComparison.Ordinal))
                line = line["export ".Length..].TrimStart();
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"{path}:{i + 1}: expected NAME=value");
            variables[line[..equals].TrimEnd()] =
                Value(line[(equals + 1)..].TrimStart())
                ?? throw new UsageException(
                    $"{path}:{i + 1}: a quoted value has no end, or something follows it"
                );
        }

        return variables;
    }

    private static string? Value(string text)
    {
        if (text.Length == 0 || text[0] is not ('"' or '\''))
            return Unquoted(text);
        var quote = text[0];
        var value = new System.Text.StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                var rest = text[(i + 1)..].TrimStart();
                return rest.Length == 0 || rest[0] == '#' ? value.ToString() : null;
            }

            var escaped = quote == '"' && text[i] == '\\' && i + 1 < text.Length;
            value.Append(escaped ? Escaped(text[++i]) : text[i]);
        }

        return null;
    }

    private static string Escaped(char character) =>
        character switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '"' or '\\' or '$' => character.ToString(),
            _ => $"\\{character}",
        };

    private static string Unquoted(string text)
    {
        var comment = text.IndexOf(" #", StringComparison.Ordinal);
        return (comment < 0 ? text : text[..comment]).TrimEnd();
    }
}
