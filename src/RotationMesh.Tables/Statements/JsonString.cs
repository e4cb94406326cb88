namespace RotationMesh.Tables.Statements;

/// <summary>SQL of a string inside a <c>jsonb</c> column.</summary>
internal static class JsonString
{
    /// <summary>A stored value that no envelope reads as.</summary>
    private const string NotAnEnvelope = "!";

    /// <summary>
    /// The string at the path, NULL where there is none. The text of an array or object that holds an envelope would decode to
    /// that envelope, as foreign characters are ignored; written back as a string it would change the document. So whatever is
    /// no string reads as no envelope.
    /// </summary>
    public static string Read(string column, IReadOnlyList<string> path)
    {
        var at = Literal(path);
        return $"CASE WHEN coalesce(pg_catalog.jsonb_typeof({column} OPERATOR(pg_catalog.#>) {at}), 'null') "
            + "OPERATOR(pg_catalog.=) ANY (ARRAY['string', 'null']::pg_catalog.text[]) "
            + $"THEN {column} OPERATOR(pg_catalog.#>>) {at} ELSE '{NotAnEnvelope}' END";
    }

    /// <summary>The column's document with the text <paramref name="value"/> in place of the string at the path.</summary>
    public static string Replace(string column, IReadOnlyList<string> path, string value) =>
        path.Count == 0
            ? $"pg_catalog.to_jsonb({value})" // jsonb_set leaves a document as it is that is all to be replaced
            : $"pg_catalog.jsonb_set({column}, {Literal(path)}, pg_catalog.to_jsonb({value}), false)";

    private static string Literal(IReadOnlyList<string> path) => HeldColumns.Path(path);
}
