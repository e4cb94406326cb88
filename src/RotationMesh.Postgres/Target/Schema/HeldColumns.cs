using System.Globalization;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>
/// SQL that tells whether a row holds a value in a declared column, as the rotation reads it: neither NULL nor empty, at the
/// path where there is one. It reads the length alone, so that a value which is stored apart is not fetched.
/// </summary>
internal sealed class HeldColumns(TableTarget target)
{
    /// <summary>Rows without any value, and then those that hold one in each declared column, as aggregates.</summary>
    public string Counts
    {
        get
        {
            var held = target.Entry.Columns.Select((_, i) => At(i)).ToList();
            return string.Join(
                ", ",
                held.Select(one => $"pg_catalog.count(*) FILTER (WHERE {one})")
                    .Prepend($"pg_catalog.count(*) FILTER (WHERE NOT ({string.Join(" OR ", held)}))")
            );
        }
    }

    /// <summary>Whether the row holds a value in any declared column; never NULL.</summary>
    public string Any => $"({string.Join(" OR ", target.Entry.Columns.Select((_, i) => At(i)))})";

    /// <summary>Whether the row holds a value in the declared column; never NULL. One that is in a store counts as held.</summary>
    public string At(int i)
    {
        var entry = target.Entry.Columns[i];
        var column = $"t.{entry.Name.Quoted}";
        var value =
            entry.Path is { } path ? $"pg_catalog.jsonb_extract_path_text({column}, VARIADIC {Path(path)})"
            : target.Shape.Columns[i].Base == "bytea" ? column
            : $"{column}::pg_catalog.text";
        var held = string.Create(
            CultureInfo.InvariantCulture,
            $"(coalesce(pg_catalog.octet_length({value}), 0) OPERATOR(pg_catalog.>) 0)"
        );
        return target.Entry.ExternalStore?.Column == i ? $"({target.Sql.Elsewhere} OR {held})" : held;
    }

    /// <summary>A path as an array of text.</summary>
    public static string Path(IEnumerable<string> path) =>
        $"ARRAY[{string.Join(", ", path.Select(Literal))}]::pg_catalog.text[]";

    /// <summary>Text as a literal, whatever the session's settings say of backslashes.</summary>
    private static string Literal(string text)
    {
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal)
            ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'"
            : $"'{quoted}'";
    }
}
