namespace RotationMesh.Tables.Statements;

/// <summary>SQL of a string inside a <c>jsonb</c> column.</summary>
internal static class JsonString
{
    /// <summary>A text that is no envelope.</summary>
    private const string NotAnEnvelope = "!";

    /// <summary>
    /// Returns SQL that reads the string at the path; NULL if the path holds nothing or a JSON null. Any other JSON value reads
    /// as a text that is no envelope: the text of an array or object that holds an envelope would decode to that envelope,
    /// because decoding ignores foreign characters. Written back as a string, the envelope would change the document.
    /// </summary>
    public static string Read(string column, IReadOnlyList<string> path)
    {
        var at = Literal(path);
        return $"CASE WHEN coalesce(pg_catalog.jsonb_typeof({column} OPERATOR(pg_catalog.#>) {at}), 'null') "
            + "OPERATOR(pg_catalog.=) ANY (ARRAY['string', 'null']::pg_catalog.text[]) "
            + $"THEN {column} OPERATOR(pg_catalog.#>>) {at} ELSE '{NotAnEnvelope}' END";
    }

    /// <summary>
    /// Returns SQL for the column's document with the text <paramref name="value"/> in place of the string at the path.
    /// </summary>
    public static string Replace(string column, IReadOnlyList<string> path, string value) =>
        path.Count == 0
            ? $"pg_catalog.to_jsonb({value})" // with an empty path, jsonb_set would leave the document as it is
            : $"pg_catalog.jsonb_set({column}, {Literal(path)}, pg_catalog.to_jsonb({value}), false)";

    private static string Literal(IReadOnlyList<string> path) => HeldColumns.Path(path);
}
