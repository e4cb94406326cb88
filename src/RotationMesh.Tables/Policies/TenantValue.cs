namespace RotationMesh.Tables.Policies;

/// <summary>
/// Tells whether an expression is the tenant column or the map's setting and nothing else. The setting holds the text of the
/// tenant, so that the two are equal; they stay so through casts that lose nothing.
/// </summary>
internal sealed class TenantValue(TablePolicy policy, string setting)
{
    // A text of a tenant has one value in each of these, or none, which is an error.
    private static readonly string[] Parsed = ["uuid", "smallint", "integer", "bigint", "numeric"];
    private static readonly string[] Texts = ["text", "character varying"];

    /// <summary>Whether it is the tenant of the row.</summary>
    public bool IsTenant(SqlWord[] words)
    {
        var casts = new List<string>();
        return Core(words, casts) is [{ IsName: true } name]
            && name.Written == policy.Tenant
            && KeepsEqual(casts, IsPlain() ? Parsed : []);
    }

    /// <summary>Whether it is the tenant that is set.</summary>
    public bool IsSet(SqlWord[] words) => IsSet(words, policy.Functions, []);

    /// <summary>Whether these are the elements of an array that the tenant that is set is one of.</summary>
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
        // A number or a UUID has no comma that would cut it in two.
        return casts is [var type]
            && Parsed.Contains(type)
            && SqlWords.Call(words)
                is ([{ Text: "string_to_array", Kind: SqlWordKind.Plain }], [var text, var by])
            && !policy.Functions.Any(function => function.Is("string_to_array"))
            && IsLiteral(by, ",")
            && IsSet(text, policy.Functions, casts);
    }

    /// <summary>Whether it is the empty text.</summary>
    public static bool IsEmptyText(SqlWord[] words) => IsLiteral(words, "");

    // casts: those around it, outermost first.
    private bool IsSet(SqlWord[] words, IReadOnlyList<PolicyFunction> functions, List<string> casts)
    {
        words = Core(words, casts);
        if (SqlWords.Call(words) is not var (name, arguments))
            return false;
        if (functions.Where(function => function.Is(name[^1].Text)).ToList() is { Count: > 0 } own)
            return arguments.Count == 0 && own.TrueForAll(function => Answers(function, [.. casts]));
        if (name is [{ } alone] && (alone.Is("nullif") || alone.Is("coalesce")))
            return arguments.Count > 0
                // The setting is set: what coalesce has for another case is not asked for.
                && (alone.Is("coalesce") || arguments is [_, var empty] && IsEmptyText(empty))
                && IsSet(arguments[0], functions, casts);
        return name is [{ Text: "current_setting" }]
            && arguments.Count is 1 or 2
            && IsLiteral(arguments[0], setting)
            && KeepsEqual(casts, Parsed);
    }

    /// <summary>Whether a function answers with the tenant that is set.</summary>
    public bool Answers(PolicyFunction function) => Answers(function, []);

    private bool Answers(PolicyFunction function, List<string> casts)
    {
        casts.Add(function.Answer);
        return !function.Settings.Contains($"{setting}=", StringComparison.OrdinalIgnoreCase)
            && FunctionAnswer.Of(function) is { } answer
            && IsSet(answer, [], casts);
    }

    /// <summary>What is left without brackets, casts and a query of nothing but a value; the casts are added, outermost first.</summary>
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
        casts
            .Select(Plain)
            .Select(
                (type, i) =>
                    Texts.Contains(type) || policy.TenantTypes.Contains(type) || i == 0 && last.Contains(type)
            )
            .All(keeps => keeps);

    // Others, such as a numeric, are rounded by a cast.
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

    // As the server writes types: spaces between words alone.
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
