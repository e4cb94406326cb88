namespace RotationMesh.Tables.Policies;

/// <summary>
/// Tells whether an expression is nothing but the tenant column, or nothing but the map's setting. The setting holds the
/// text of the tenant, so the two are equal, also after casts that lose nothing.
/// </summary>
internal sealed class TenantValue(TablePolicy policy, string setting)
{
    // A tenant's text has one value in each of these types, or casting it is an error.
    private static readonly string[] Parsed = ["uuid", "smallint", "integer", "bigint", "numeric"];
    private static readonly string[] Texts = ["text", "character varying"];

    /// <summary>Whether the words are the row's tenant column.</summary>
    public bool IsTenant(SqlWord[] words)
    {
        var casts = new List<string>();
        return Core(words, casts) is [{ IsName: true } name]
            && name.Written == policy.Tenant
            && KeepsEqual(casts, IsPlain() ? Parsed : []);
    }

    /// <summary>Whether the words are the tenant that is set.</summary>
    public bool IsSet(SqlWord[] words) => IsSet(words, policy.Functions, []);

    /// <summary>Whether the words are an array with the tenant that is set as an element.</summary>
    public bool IsElement(SqlWord[] words)
    {
        var casts = new List<string>();
        words = Core(words, casts);
        if (!casts.TrueForAll(type => type.EndsWith("[]", StringComparison.Ordinal)))
            return false;
        casts = [.. casts.Select(type => type[..^2])];
        if (words is [{ } array, { } open, .. var one, { } close])
            if (array.Is("array") && open.Is("[") && close.Is("]"))
                return SqlWords.Split(one, ",").Count == 1 && IsSet(one, policy.Functions, casts);
        // A number or a UUID has no comma at which string_to_array would cut it in two.
        return casts is [var type]
            && Parsed.Contains(type)
            && SqlWords.Call(words)
                is ([{ Text: "string_to_array", Kind: SqlWordKind.Plain }], [var text, var by])
            && !policy.Functions.Any(function => function.Is("string_to_array"))
            && IsLiteral(by, ",")
            && IsSet(text, policy.Functions, casts);
    }

    /// <summary>Whether the words are the empty text.</summary>
    public static bool IsEmptyText(SqlWord[] words) => IsLiteral(words, "");

    // casts: those around the words, outermost first.
    private bool IsSet(SqlWord[] words, IReadOnlyList<PolicyFunction> functions, List<string> casts)
    {
        words = Core(words, casts);
        if (SqlWords.Call(words) is not var (name, arguments))
            return false;
        if (functions.Where(function => function.Is(name[^1].Text)).ToList() is { Count: > 0 } own)
            return arguments.Count == 0 && own.TrueForAll(function => Answers(function, [.. casts]));
        if (name is [{ } alone] && (alone.Is("nullif") || alone.Is("coalesce")))
            return arguments.Count > 0
                // The setting is set, so coalesce never reaches its other arguments.
                && (alone.Is("coalesce") || arguments is [_, var empty] && IsEmptyText(empty))
                && IsSet(arguments[0], functions, casts);
        return name is [{ Text: "current_setting" }]
            && arguments.Count is 1 or 2
            && IsLiteral(arguments[0], setting)
            && KeepsEqual(casts, Parsed);
    }

    /// <summary>Whether a function returns the tenant that is set.</summary>
    public bool Answers(PolicyFunction function) => Answers(function, []);

    private bool Answers(PolicyFunction function, List<string> casts)
    {
        casts.Add(function.Answer);
        return !function.Settings.Contains($"{setting}=", StringComparison.OrdinalIgnoreCase)
            && FunctionAnswer.Of(function) is { } answer
            && IsSet(answer, [], casts);
    }

    /// <summary>
    /// Strips brackets, casts and a SELECT of a mere value, and returns the rest. Adds the casts, outermost first.
    /// </summary>
    private static SqlWord[] Core(SqlWord[] words, List<string> casts)
    {
        while (true)
        {
            words = SqlWords.Bare(words);
            var cast = SqlWords.Split(words, "::");
            if (SqlWords.At(words, 0, "select"))
            {
                words = words[1..];
                if (words.Length > 2 && SqlWords.At(words, words.Length - 2, "as") && words[^1].IsName)
                    words = words[..^2];
            }
            else if (cast.Count > 1)
            {
                casts.Add(Type(cast[^1]));
                words = words[..^(cast[^1].Length + 1)];
            }
            else if (
                SqlWords.At(words, 0, "cast", "(")
                && SqlWords.Call(words) is (_, [var inner])
                && SqlWords.Split(inner, "as") is [var value, var type]
            )
            {
                casts.Add(Type(type));
                words = value;
            }
            else
            {
                return words;
            }
        }
    }

    private bool KeepsEqual(List<string> casts, string[] last) =>
        (
            !IsFolding
            || casts.Count == 0
            || policy.TenantTypes.Any(type =>
                Plain(casts[0]) is var cast && (type == cast || type.Split('(')[0] == cast)
            )
        )
        && casts
            .Select(Plain)
            .Select(
                (type, i) =>
                    Texts.Contains(type) || policy.TenantTypes.Contains(type) || i == 0 && last.Contains(type)
            )
            .All(keeps => keeps);

    // Equal values of these types may be different texts (1 and 1.0), so a comparison as texts hides rows of the tenant. The last
    // cast decides.
    private bool IsFolding =>
        policy.TenantTypes.Any(type =>
            type.EndsWith(".citext", StringComparison.Ordinal)
            || type.Split('(')[0] is "citext" or "numeric" or "real" or "double precision" or "interval"
        );

    // A cast rounds values of other types, such as numeric.
    private bool IsPlain() =>
        policy.TenantTypes.All(type =>
            Texts.Contains(type.Split('(')[0]) || type is "uuid" or "smallint" or "integer" or "bigint"
        );

    private static bool IsLiteral(SqlWord[] words, string text)
    {
        var casts = new List<string>();
        return Core(words, casts) is [{ Kind: SqlWordKind.Literal } literal]
            && literal.Text.Equals(text, StringComparison.OrdinalIgnoreCase)
            && casts.TrueForAll(type => Texts.Contains(Plain(type)));
    }

    private static string Plain(string type) =>
        type.StartsWith("pg_catalog.", StringComparison.Ordinal) ? type["pg_catalog.".Length..] : type;

    // Writes a type as the server does: with spaces between words only.
    private static string Type(SqlWord[] words)
    {
        var text = "";
        foreach (var word in words)
            text +=
                (
                    text.Length > 0 && word.IsName && (char.IsLetterOrDigit(text[^1]) || text[^1] == ')')
                        ? " "
                        : ""
                ) + word.Written;
        return text switch
        {
            "int" or "int4" => "integer",
            "int8" => "bigint",
            "int2" => "smallint",
            _ when text.StartsWith("varchar", StringComparison.Ordinal) => "character varying"
                + text["varchar".Length..],
            _ => text,
        };
    }
}
