using System.Globalization;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// SQL that tells whether a row holds a value in a declared column, as the rotation reads it: neither NULL nor empty, at the
/// path where there is one. It reads the length alone, so that a value which is stored apart is not fetched.
/// </summary>
internal sealed class HeldColumns(MappedTable target)
{
    /// <summary>
    /// Rows without any value, then those that hold one in each declared column, and last those of <see cref="Stray"/>, as
    /// aggregates.
    /// </summary>
    public string Counts
    {
        get
        {
            var held = target.Entry.Columns.Select((_, i) => At(i)).ToList();
            return string.Join(
                ", ",
                held.Prepend($"NOT ({string.Join(" OR ", held)})")
                    .Append(Stray)
                    .Select(one => $"pg_catalog.count(*) FILTER (WHERE {one})")
            );
        }
    }

    /// <summary>Whether the row holds a value in the table, and not only in a store; never NULL.</summary>
    public string InTable =>
        $"({string.Join(" OR ", target.Entry.Columns.Select((_, i) => IsStores(i) ? $"(NOT {target.Sql.Elsewhere} AND {IsIn(i)})" : IsIn(i)))})";

    /// <summary>
    /// Whether the row names an object of the store, and holds its value neither there by the map's predicate nor in the
    /// column; never NULL.
    /// </summary>
    private string Stray =>
        target.Entry.ExternalStore is { } store
            ? $"(coalesce(t.{store.Key.Quoted}::pg_catalog.text, '') OPERATOR(pg_catalog.<>) '' AND NOT {At(store.Column)})"
            : "FALSE";

    /// <summary>Whether the row holds a value in the declared column; never NULL. One that is in a store counts as held.</summary>
    public string At(int i) => IsStores(i) ? $"({target.Sql.Elsewhere} OR {IsIn(i)})" : IsIn(i);

    private bool IsStores(int i) => target.Entry.ExternalStore?.Column == i;

    private string IsIn(int i)
    {
        var entry = target.Entry.Columns[i];
        var column = $"t.{entry.Name.Quoted}";
        var value =
            entry.Path is { } path ? $"pg_catalog.jsonb_extract_path_text({column}, VARIADIC {Path(path)})"
            : target.Shape.Columns[i].Base == "bytea" ? column
            : $"{column}::pg_catalog.text";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"(coalesce(pg_catalog.octet_length({value}), 0) OPERATOR(pg_catalog.>) 0)"
        );
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
