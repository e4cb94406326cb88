using System.Globalization;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// SQL that tells whether a row holds a value in a declared column as the rotation reads it: neither NULL nor empty, at the
/// path if there is one. It takes the length alone, so the server does not fetch a text or bytea that it stores apart. For a
/// path, the server must read the document.
/// </summary>
internal sealed class HeldColumns(MappedTable target)
{
    /// <summary>
    /// Aggregates that count the rows without any value, then the rows with a value in each declared column, and last the rows
    /// of <see cref="Stray"/> and of <see cref="Beside"/>.
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
                    .Append(Beside)
                    .Select(one => $"pg_catalog.count(*) FILTER (WHERE {one})")
            );
        }
    }

    /// <summary>Condition that the row holds a value in the table, not only in a store; never NULL.</summary>
    public string InTable =>
        $"({string.Join(" OR ", target.Entry.Columns.Select((_, i) => IsStores(i) ? $"(NOT {target.Sql.Elsewhere} AND {IsIn(i)})" : IsIn(i)))})";

    /// <summary>
    /// Condition that the row names an object of the store, although the map's predicate does not call the row external and the
    /// column holds no value; never NULL.
    /// </summary>
    private string Stray =>
        target.Entry.ExternalStore is { } store ? $"({IsNamed(store)} AND NOT {At(store.Column)})" : "FALSE";

    /// <summary>
    /// Condition that the row names an object of the store and holds a value in the column as well, and that the map's predicate
    /// does not call it external; never NULL.
    /// </summary>
    private string Beside =>
        target.Entry.ExternalStore is { } store
            ? $"({IsNamed(store)} AND NOT {target.Sql.Elsewhere} AND {IsIn(store.Column)})"
            : "FALSE";

    private static string IsNamed(ExternalStoreEntry store) =>
        $"coalesce(t.{store.Key.Quoted}::pg_catalog.text, '') OPERATOR(pg_catalog.<>) ''";

    /// <summary>
    /// Returns a condition that the row holds a value in the declared column; never NULL. A value in a store counts as held.
    /// </summary>
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

    /// <summary>Returns a path as an SQL array of text.</summary>
    public static string Path(IEnumerable<string> path) =>
        $"ARRAY[{string.Join(", ", path.Select(Literal))}]::pg_catalog.text[]";

    /// <summary>Returns text as an SQL literal that does not depend on the session's settings for backslashes.</summary>
    private static string Literal(string text)
    {
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal)
            ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'"
            : $"'{quoted}'";
    }
}
