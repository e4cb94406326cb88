using System.Text.RegularExpressions;

namespace RotationMesh.Tables.Policies;

/// <summary>
/// Judges a policy's condition. A <see cref="WholeCondition"/> shows all rows of a tenant. Any other may hide some of
/// them, and nobody would miss those; the reason names what the condition depends on.
/// </summary>
internal static partial class PolicyReading
{
    /// <summary>
    /// Says why the policy may hide rows of the tenant that is set, in words after "as"; null where it hides none.
    /// </summary>
    public static string? WhyHides(TablePolicy policy, string setting)
    {
        if (new WholeCondition(policy, setting).IsWhole())
            return null;
        var text = policy.Shows ?? "";
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
        if (policy.Operators is [var sign, ..])
            return $"it depends on operator {sign}, which is not the server's";
        var value = new TenantValue(policy, setting);
        if (policy.Functions.FirstOrDefault(own => !value.Answers(own)) is { } doubtful)
            return $"it depends on function {doubtful.Shown}, which may go by more than the tenant: its body is not one RETURN or "
                + "SELECT of the map's setting";
        return settings.Count > 0 || policy.Functions.Count > 0
            ? $"it does not say that {policy.Tenant} equals the map's setting"
            : "it does not go by the map's setting";
    }

    private static List<string> Asked(string text) =>
        [.. Setting().Matches(text).Select(match => match.Groups["name"].Value)];

    private static string? OtherSetting(List<string> named, int asked, string setting) =>
        named.FirstOrDefault(name => !name.Equals(setting, StringComparison.OrdinalIgnoreCase)) is { } other
            ? $"it depends on setting {other}, which is not the map's"
        : asked > named.Count ? "it depends on a setting whose name is computed"
        : null;

    // Looks into the condition's text: the catalog's columns include those of the condition for new rows.
    private static bool Names(string text, string column) =>
        Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(column)}(?!\w)");

    [GeneratedRegex(@"'(?:[^']|'')*'|""(?:[^""]|"""")*""")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\.\*")]
    private static partial Regex WholeRow();

    [GeneratedRegex(@"\bDISTINCT\s+FROM\b", RegexOptions.IgnoreCase)]
    private static partial Regex Distinct();

    // A query without FROM reads no rows; policies use it so that the setting is read only once.
    [GeneratedRegex(@"\bSELECT\b.*\bFROM\b", RegexOptions.Singleline)]
    private static partial Regex Query();

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
}
