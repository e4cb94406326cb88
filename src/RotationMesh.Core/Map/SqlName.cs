using System.Text;

namespace RotationMesh.Core.Map;

/// <summary>
/// A table name, with or without a schema, written as in SQL: <c>name</c>, <c>schema.name</c>, <c>"Odd"."T"</c>.
/// </summary>
public sealed record SqlName(SqlIdentifier? Schema, SqlIdentifier Name)
{
    /// <summary>Both parts in double quotes.</summary>
    public string Quoted => Schema is { } schema ? $"{schema.Quoted}.{Name.Quoted}" : Name.Quoted;

    /// <summary>
    /// Reads a name as PostgreSQL does: a part in double quotes is exact, any other is folded to lower case. Throws
    /// <see cref="FormatException"/> with the reason where the text is not one or two parts.
    /// </summary>
    public static SqlName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<SqlIdentifier>(2);
        var position = 0;
        while (true)
        {
            parts.Add(ReadPart(text, ref position));
            if (position == text.Length)
                break;
            position++; // the dot that ReadPart stopped at
        }

        return parts switch
        {
            [var name] => new SqlName(null, name),
            [var schema, var name] => new SqlName(schema, name),
            _ => throw new FormatException($"'{text}' has more parts than schema and table"),
        };
    }

    /// <summary>Returns the name as SQL would write it, quoted only where it must be.</summary>
    public override string ToString() =>
        Schema is { } schema ? $"{Written(schema)}.{Written(Name)}" : Written(Name);

    private static SqlIdentifier ReadPart(string text, ref int position)
    {
        var part =
            position < text.Length && text[position] == '"'
                ? ReadQuoted(text, ref position)
                : ReadPlain(text, ref position);
        if (position < text.Length && text[position] != '.')
            throw new FormatException($"'{text}' has an unexpected character after the name '{part}'");
        return new SqlIdentifier(part);
    }

    private static string ReadQuoted(string text, ref int position)
    {
        var name = new StringBuilder();
        for (position++; position < text.Length; position++)
        {
            if (text[position] != '"')
            {
                name.Append(text[position]);
                continue;
            }

            if (position + 1 == text.Length || text[position + 1] != '"')
            {
                position++;
                return name.ToString();
            }

            name.Append('"');
            position++;
        }

        throw new FormatException($"'{text}' lacks a closing double quote");
    }

    private static string ReadPlain(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && text[position] != '.')
        {
            var c = text[position];
            var fits =
                char.IsLetter(c) || c == '_' || (position > start && (char.IsAsciiDigit(c) || c == '$'));
            if (!fits)
                throw new FormatException($"'{text}' has a part that needs double quotes");
            position++;
        }

        return text[start..position].ToLowerInvariant();
    }

    private static string Written(SqlIdentifier identifier)
    {
        var plain =
            identifier.Name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
            && !char.IsAsciiDigit(identifier.Name[0]);
        return plain ? identifier.Name : identifier.Quoted;
    }
}
