using System.Text;

namespace RotationMesh.MapFile.Nodes;

/// <summary>
/// Replaces <c>${VAR}</c> and <c>${VAR:-default}</c>. It runs after the YAML is parsed, so a variable's value can't add
/// keys. Variables inside a variable's value are not replaced.
/// </summary>
internal static class Substitution
{
    private const string Opening = "${";
    private const string DefaultMark = ":-";

    /// <summary>Whether the text names a variable: its value must then not be shown.</summary>
    public static bool IsIn(string text) => text.Contains(Opening, StringComparison.Ordinal);

    /// <summary>
    /// Returns the text with every variable replaced. A default replaces a variable that is not set or is empty, as in a
    /// shell. Throws <see cref="FormatException"/> that names the variable that is not set, never a value.
    /// </summary>
    public static string Apply(string text, Func<string, string?> variable)
    {
        var result = new StringBuilder(text.Length);
        var position = 0;
        while (text.IndexOf(Opening, position, StringComparison.Ordinal) is var start and >= 0)
        {
            var inner = start + Opening.Length;
            var end = ClosingBrace(text, inner);
            result.Append(text, position, start - position).Append(Value(text[inner..end], variable));
            position = end + 1;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static string Value(string expression, Func<string, string?> variable)
    {
        var mark = expression.IndexOf(DefaultMark, StringComparison.Ordinal);
        var name = mark < 0 ? expression : expression[..mark];
        if (!IsName(name))
            throw Malformed();
        var value = variable(name);
        if (mark >= 0 && string.IsNullOrEmpty(value))
            return Apply(expression[(mark + DefaultMark.Length)..], variable);
        return value ?? throw new UnsetVariableException(name);
    }

    // Counts braces inside a default, so that it may contain the {tenant} of a template or another variable.
    private static int ClosingBrace(string text, int position)
    {
        for (var depth = 1; position < text.Length; position++)
        {
            depth += text[position] switch
            {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if (depth == 0)
                return position;
        }

        throw Malformed();
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static FormatException Malformed() =>
        new("a '${' does not begin a variable: write ${NAME} or ${NAME:-default}");
}

/// <summary>A variable is not set, which matters only where the value is needed.</summary>
internal sealed class UnsetVariableException(string name)
    : FormatException($"the variable {name} is not set");
