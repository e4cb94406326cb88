using System.Text.RegularExpressions;
using Npgsql;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Says why the database refused a row of a table: the code, and the names of the constraint, trigger and function. Whoever
/// raises an error chooses its texts, so the name of a constraint or function in it may be a value of the row. Only names
/// that are in the catalog are shown.
/// </summary>
internal sealed partial class RefusalCauses(NpgsqlConnection connection, LeafTable leaf)
{
    /// <summary>Most function names from the context of one error that are looked up.</summary>
    private const int MostNames = 50;

    /// <summary>Longest name in PostgreSQL, in bytes.</summary>
    private const int LongestName = 63;

    /// <summary>Most different errors that are kept: a table's rows are mostly refused for the same few.</summary>
    private const int MostKept = 100;

    private static readonly string FindNames = $"""
        SELECT 'constraint', k.conname::pg_catalog.text, NULL FROM pg_catalog.pg_constraint k
        WHERE k.conname OPERATOR(pg_catalog.=) $2
        UNION ALL
        SELECT 'index', c.relname::pg_catalog.text, NULL FROM pg_catalog.pg_class c
        WHERE c.relname OPERATOR(pg_catalog.=) $2 AND c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['i', 'I']::pg_catalog."char"[])
        UNION ALL
        SELECT 'column', a.attname::pg_catalog.text, NULL FROM pg_catalog.pg_attribute a
        WHERE a.attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)::pg_catalog.oid AND a.attname OPERATOR(pg_catalog.=) $3
        UNION ALL
        SELECT 'trigger', t.tgname::pg_catalog.text, t.tgfoid::pg_catalog.regprocedure::pg_catalog.text
        {UpdateTriggers.Rows} pg_catalog.to_regclass($1)::pg_catalog.oid
        UNION ALL
        SELECT 'function', p.proname::pg_catalog.text, p.oid::pg_catalog.regprocedure::pg_catalog.text FROM pg_catalog.pg_proc p
        WHERE p.proname OPERATOR(pg_catalog.=) ANY ($4::pg_catalog.name[])
          AND p.pronamespace OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace::pg_catalog.oid
        """;

    private readonly Dictionary<(string, string?, string?, string?), string> known = [];

    /// <summary>Says in one line why a row was refused. No other command may be in progress on the connection.</summary>
    public async Task<string> OfAsync(PostgresException fault)
    {
        var key = (fault.SqlState, fault.ConstraintName, fault.ColumnName, fault.Where);
        if (known.TryGetValue(key, out var cause))
            return cause;
        if (known.Count >= MostKept)
            known.Clear();
        return known[key] = await DescribeAsync(fault);
    }

    /// <summary>
    /// Says in one line why a row that a trigger altered or skipped was left: <paramref name="what"/>, and the table's triggers.
    /// </summary>
    public async Task<string> OfTriggersAsync(string what)
    {
        var names = await FindAsync("", "", []);
        var triggers = names.Where(name => name.Kind == "trigger").Select(Trigger).Distinct();
        var listed = string.Join(", ", triggers);
        return listed.Length == 0 ? what : $"{what} (its triggers: {listed})";
    }

    private async Task<string> DescribeAsync(PostgresException fault)
    {
        var code = $"SQLSTATE {fault.SqlState}";
        var context = fault.Where ?? "";
        var mentioned = Mentioned()
            .Matches(context)
            .Select(match => match.Groups["name"].Value.Replace("\"\"", "\"", StringComparison.Ordinal))
            .Where(name => name.Length <= LongestName)
            .Distinct()
            .Take(MostNames);
        IReadOnlyList<Name> names;
        try
        {
            names = await FindAsync(fault.ConstraintName ?? "", fault.ColumnName ?? "", [.. mentioned]);
        }
        catch (PostgresException)
        {
            return code; // somebody changes the catalogs at this moment and has them locked
        }

        var parts = new List<string> { code };
        var named =
            names.FirstOrDefault(name => name.Kind == "constraint")
            ?? names.FirstOrDefault(name => name.Kind is "index" or "column");
        if (named is not null)
            parts.Add($"{named.Kind} {named.Text}");
        var inner = names
            .Where(name => name.Kind == "function" && Place(context, name) >= 0)
            .MinBy(name => Place(context, name));
        var trigger = names.FirstOrDefault(name => name.Kind == "trigger" && Place(context, name) >= 0);
        if (trigger is not null)
            parts.Add($"trigger {Trigger(trigger)}");
        if (inner is not null && inner.Signature != trigger?.Signature)
            parts.Add($"function {inner.Signature}");
        return string.Join(", ", parts);
    }

    private async Task<IReadOnlyList<Name>> FindAsync(string constraint, string column, string[] functions)
    {
        await using var command = new NpgsqlCommand(FindNames, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = leaf.Quoted });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = constraint });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = column });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = functions });
        var names = new List<Name>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            names.Add(
                new Name(
                    reader.GetString(0),
                    reader.GetString(1),
                    await reader.IsDBNullAsync(2) ? "" : reader.GetString(2)
                )
            );
        return names;
    }

    private static string Trigger(Name trigger) => $"{trigger.Text} (function {trigger.Signature})";

    // In messages of any language, the server writes a function with the types of its arguments, or its bare name in double
    // quotes.
    private static int Place(string context, Name function)
    {
        var place = context.IndexOf(function.Signature, StringComparison.Ordinal);
        while (place > 0 && IsOfName(context[place - 1])) // the end of a longer name
            place = context.IndexOf(function.Signature, place + 1, StringComparison.Ordinal);
        if (place >= 0)
            return place;
        var bare = function.Signature[..function.Signature.IndexOf('(', StringComparison.Ordinal)];
        return context.IndexOf($"function \"{bare.Trim('"')}\"", StringComparison.Ordinal);
    }

    private static bool IsOfName(char letter) =>
        char.IsLetterOrDigit(letter) || letter is '_' or '$' or '.' or '"';

    [GeneratedRegex("""(?<name>[\p{L}_][\w$]*)\(|"(?<name>(?:[^"]|"")+)"[(\s]""")]
    private static partial Regex Mentioned();

    private sealed record Name(string Kind, string Text, string Signature);
}
