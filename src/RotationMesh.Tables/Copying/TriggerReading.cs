using System.Text.RegularExpressions;

namespace RotationMesh.Tables.Copying;

/// <summary>
/// Judges by its source whether a trigger's function copies values. It does where it hands a whole row, or an encrypted
/// column of a row, to something that writes. It does not where it compares rows, or sets a time in the new row.
/// </summary>
internal static partial class TriggerReading
{
    /// <summary>Compiled functions of PostgreSQL and its own extensions that copy no value of a row to another place.</summary>
    private static readonly string[] Harmless =
    [
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
        "moddatetime",
        "autoinc",
        "insert_username",
        "lo_manage",
        "triggered_change_notification",
        "check_primary_key",
        "check_foreign_key",
    ];

    /// <summary>Why the function copies, or may; null where it does not.</summary>
    public static string? WhyCopies(TriggerFunction trigger, IReadOnlyList<string> columns) =>
        trigger.Language switch
        {
            "c" or "internal" => Harmless.Contains(trigger.Source)
                ? null
                : "it is compiled, so that nobody can read here whether it copies old values",
            "plpgsql" => OfText(trigger, columns),
            _ => Old().IsMatch(trigger.Source)
                ? $"it is written in {trigger.Language} and reads the old row, and may copy it"
                : null,
        };

    private static string? OfText(TriggerFunction trigger, IReadOnlyList<string> columns)
    {
        var source = Comment().Replace(trigger.Source, match => match.Value[0] == '\'' ? match.Value : " ");
        foreach (Match assignment in Assignment().Matches(source))
            if (
                !columns.Contains(assignment.Groups["column"].Value, StringComparer.OrdinalIgnoreCase)
                && Handed(assignment.Groups["value"].Value, columns, null, null, isOld: true) is { } kept
            )
                return $"{kept} and keeps it in column {assignment.Groups["column"].Value} of the row";
        source = Comparison().Replace(Returned().Replace(source, " "), " ");
        source = Target().Replace(source, " ");
        if (Write().Match(source) is not { Success: true } write)
            return null;
        return Handed(source, columns, trigger.OldTable, trigger.NewTable, isOld: false) is { } handed
            ? $"{handed} and {Writes(write)}"
            : null;
    }

    private static string? Handed(
        string source,
        IReadOnlyList<string> columns,
        string? oldTable,
        string? newTable,
        bool isOld
    )
    {
        var row = WholeRow()
            .Matches(source)
            .Select(match => match.Groups["row"].Value.ToUpperInvariant())
            .Where(name => name == "OLD" || !isOld)
            .Order()
            .LastOrDefault();
        if (row is not null)
            return $"it hands on {row} as a whole";
        foreach (Match match in Field().Matches(source))
            if (
                (!isOld || match.Groups["row"].Value.Equals("OLD", StringComparison.OrdinalIgnoreCase))
                && columns.Contains(match.Groups["column"].Value, StringComparer.OrdinalIgnoreCase)
            )
                return $"it reads {match.Groups["row"].Value.ToUpperInvariant()}.{match.Groups["column"].Value}";
        foreach (var table in (string?[])[oldTable, newTable])
            if (
                table is not null
                && Regex.IsMatch(source, $@"\b{Regex.Escape(table)}\b", RegexOptions.IgnoreCase)
            )
                return $"it reads the transition table {table}";
        return null;
    }

    private static string Writes(Match write)
    {
        var target = write.Groups["target"].Value;
        return write.Groups["verb"].Value.ToUpperInvariant()[0] switch
        {
            'I' => $"inserts into {target}",
            'M' => $"merges into {target}",
            'U' => $"updates {target}",
            _ => "calls or runs something else",
        };
    }

    [GeneratedRegex(@"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bold\b", RegexOptions.IgnoreCase)]
    private static partial Regex Old();

    [GeneratedRegex(@"\bRETURN\s+\(?\s*(OLD|NEW|NULL)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Returned();

    [GeneratedRegex(
        """
            \b(OLD|NEW)(\s*\.\s*("[^"]+"|\w+|\*))?\s*(IS\s+(NOT\s+)?DISTINCT\s+FROM|<>|!=|=)\s*\(?(OLD|NEW)\b(\s*\.\s*("[^"]+"|\w+|\*))?|\b(OLD|NEW)(\s*\.\s*("[^"]+"|\w+|\*))?\s+IS\s+(NOT\s+)?NULL\b
            """,
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Comparison();

    [GeneratedRegex(
        """
            (?<=(^|;|\b(BEGIN|THEN|ELSE|LOOP))\s*)NEW\s*\.\s*"?(?<column>\w+)"?\s*:?=\s*(?<value>[^;]*);
            """,
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\bNEW\s*\.\s*""?\w+""?\s*:=", RegexOptions.IgnoreCase)]
    private static partial Regex Target();

    [GeneratedRegex(
        """
            \b(?<verb>INSERT)\s+INTO\s+(?<target>[\w".%]+)|\b(?<verb>MERGE)\s+INTO\s+(?<target>[\w".%]+)|\b(?<verb>UPDATE)\s+(ONLY\s+)?(?<target>[\w".%]+)(\s+(AS\s+)?\w+)?\s+SET\b|\b(?<verb>EXECUTE|PERFORM|CALL|COPY|pg_notify|dblink\w*)\b
            """,
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Write();

    [GeneratedRegex("""\b(?<row>OLD|NEW)\b\s*(?:\.\s*\*|(?!\s*[.\w]))""", RegexOptions.IgnoreCase)]
    private static partial Regex WholeRow();

    [GeneratedRegex("""\b(?<row>OLD|NEW)\s*\.\s*"?(?<column>\w+)"?""", RegexOptions.IgnoreCase)]
    private static partial Regex Field();
}
