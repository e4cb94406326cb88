using System.Text.RegularExpressions;

namespace RotationMesh.Postgres.Target.Policies;

/// <summary>
/// Reads a policy's condition for what it goes by. A tenant's rows are all seen where it goes by nothing but the tenant and
/// the setting of the map: whatever else it asks may hide some of them, and nobody would miss those.
/// </summary>
internal static partial class PolicyReading
{
    /// <summary>Why rows of the tenant that is set may be hidden, after "as"; null where none are.</summary>
    public static string? WhyHides(TablePolicy policy, string setting)
    {
        var text = policy.Shows ?? "";
        if (text == "true")
            return null;
        var code = Literal().Replace(text, "''");
        var columns = policy.Columns.Where(column => Names(text, column)).ToList();
        if (columns.Count > 0)
            return $"it depends on column {string.Join(", ", columns)}";
        if (WholeRow().IsMatch(code))
            return "it depends on the whole row";
        if (Query().IsMatch(Distinct().Replace(code, "")))
            return policy.Relations.Length > 0
                ? $"it depends on rows of {string.Join(", ", policy.Relations)}"
                : "it depends on other rows";
        if (Session().Match(code) is { Success: true } session)
            return $"it depends on {session.Value}";
        var settings = Asked(text);
        if (OtherSetting(settings, Asking().Count(code), setting) is { } other)
            return other;
        if (policy.SessionFunctions is [var function, ..])
            return $"it depends on function {function}";
        for (var i = 0; i < policy.Functions.Length; i++)
            if (!ReadsNothingElse(policy.Languages[i], policy.Sources[i], setting))
                return $"it depends on function {policy.Functions[i]}, which may go by more than the tenant";
        return settings.Count > 0 || policy.Functions.Length > 0
            ? null
            : "it does not go by the map's setting";
    }

    // A function that does nothing but answer with the setting, maybe NULL in place of an empty one.
    private static bool ReadsNothingElse(string language, string source, string setting)
    {
        if (language is not ("sql" or "plpgsql"))
            return false;
        var text = Comment().Replace(source, match => match.Value[0] == '\'' ? match.Value : " ");
        var code = Literal().Replace(text, "''");
        var settings = Asked(text);
        return settings.Count > 0
            && OtherSetting(settings, Asking().Count(code), setting) is null
            && !Session().IsMatch(code.ToUpperInvariant())
            && !Reading().IsMatch(Distinct().Replace(code, ""))
            && Called()
                .Matches(code)
                .All(call => Harmless.Contains(call.Groups["name"].Value.ToLowerInvariant()));
    }

    /// <summary>What may stand before a parenthesis in such a function.</summary>
    private static readonly HashSet<string> Harmless =
    [
        .. "current_setting nullif coalesce trim btrim lower upper varchar char".Split(' '),
        .. "select return if elsif when then else and or not in".Split(' '),
    ];

    private static List<string> Asked(string text) =>
        [.. Setting().Matches(text).Select(match => match.Groups["name"].Value)];

    private static string? OtherSetting(List<string> named, int asked, string setting) =>
        named.FirstOrDefault(name => !name.Equals(setting, StringComparison.OrdinalIgnoreCase)) is { } other
            ? $"it depends on setting {other}, which is not the map's"
        : asked > named.Count ? "it depends on a setting whose name is computed"
        : null;

    // By the condition's text as well: the catalog's columns are those of the condition for new rows too.
    private static bool Names(string text, string column) =>
        Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(column)}(?!\w)");

    [GeneratedRegex(@"'(?:[^']|'')*'|""(?:[^""]|"""")*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\.\*")]
    private static partial Regex WholeRow();

    [GeneratedRegex(@"\bDISTINCT\s+FROM\b", RegexOptions.IgnoreCase)]
    private static partial Regex Distinct();

    // A query without FROM has one row: it has a setting asked for once.
    [GeneratedRegex(@"\bSELECT\b.*\bFROM\b", RegexOptions.Singleline)]
    private static partial Regex Query();

    [GeneratedRegex(@"\b(FROM|JOIN|TABLE|EXECUTE|PERFORM|CALL|FOUND)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Reading();

    [GeneratedRegex(
        @"\b(?:CURRENT_USER|CURRENT_ROLE|CURRENT_CATALOG|CURRENT_SCHEMA|CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|SESSION_USER|SYSTEM_USER|USER|LOCALTIME|LOCALTIMESTAMP)\b"
    )]
    private static partial Regex Session();

    [GeneratedRegex(@"\bcurrent_setting\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex Asking();

    [GeneratedRegex(
        @"\bcurrent_setting\s*\(\s*'(?<name>[^']*)'(::(pg_catalog\.)?text)?\s*[,)]",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Setting();

    [GeneratedRegex(@"\b(?<name>\w+)\s*\(")]
    private static partial Regex Called();
}
