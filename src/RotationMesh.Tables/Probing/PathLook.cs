using System.Globalization;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Says where a path that leads to no value breaks off, and which keys the documents have there. It never shows a value.
/// </summary>
internal sealed class PathLook(ApplicationDatabases databases)
{
    /// <summary>Most documents that are read.</summary>
    private const int Documents = 1000;

    /// <summary>Keys that are named, the most frequent first.</summary>
    private const int ShownKeys = 10;

    /// <summary>Longest key of a document that is shown, in characters: a longer one may be a secret.</summary>
    private const int LongestKey = 40;

    /// <summary>Returns the end of a sentence about the column, with similar keys; empty where the column has no path.</summary>
    public async Task<string> ExplainAsync(
        MappedTable target,
        ColumnEntry column,
        CancellationToken cancellationToken
    )
    {
        if (column.Path is not { Count: > 0 } path)
            return "";
        for (var depth = path.Count - 1; depth >= 0; depth--)
        {
            var place = path.Take(depth).ToList();
            var kinds = await KindsAsync(target, column, place, cancellationToken);
            if (kinds.Count == 0)
                continue; // no document has this place
            var keys = kinds.Exists(kind => kind.Name == "object")
                ? await KeysAsync(target, column, place, cancellationToken)
                : [];
            var where = depth == 0 ? "the documents" : $"at {string.Join('.', place)} the documents";
            return $": {where} have {Found(kinds, keys, path[depth])}{(column.WrittenPath is null ? Hint(column, path[depth], keys, place) : "")}";
        }

        return ": the column is NULL in every row";
    }

    private static string Found(List<Kind> kinds, IReadOnlyList<string> keys, string part)
    {
        if (kinds.Find(kind => kind.Name == "array") is { } array)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"an array of up to {array.Longest} elements{(IsNumber(part) ? "" : ", of which a path names one by its number, from 0")}"
            );
        if (!kinds.Exists(kind => kind.Name == "object"))
            return $"no object but {string.Join(" or ", kinds.Select(kind => $"a {kind.Name}"))}";
        if (keys.Contains(part))
            return $"the key {part}, and nothing or null there";
        if (keys.Count == 0)
            return "an object without a key to show";
        return (IsNumber(part) ? "an object, and no array, with " : "")
            + (keys.Count == 1 ? $"the key {keys[0]}" : $"the keys {string.Join(", ", keys.Take(ShownKeys))}")
            + (keys.Count > ShownKeys ? " and others" : "");
    }

    private static string Hint(
        ColumnEntry column,
        string part,
        IReadOnlyList<string> keys,
        List<string> place
    )
    {
        var near = NearNames.Of(part, keys).Where(key => key != part).ToList();
        return near.Count == 0
            ? ""
            : $". Did you mean {string.Join(" or ", near.Select(key => $"'{string.Join('.', [.. place, key, .. column.Path!.Skip(place.Count + 1)])}'"))}?";
    }

    private static bool IsNumber(string part) =>
        int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private async Task<List<Kind>> KindsAsync(
        MappedTable target,
        ColumnEntry column,
        IReadOnlyList<string> place,
        CancellationToken cancellationToken
    ) =>
        [
            .. await new TableLook(databases, target).ListAsync(
                $"""
                SELECT pg_catalog.jsonb_typeof(s.d),
                       coalesce(pg_catalog.max(CASE WHEN pg_catalog.jsonb_typeof(s.d) OPERATOR(pg_catalog.=) 'array'
                                                    THEN pg_catalog.jsonb_array_length(s.d) END), 0)
                FROM ({Places(target, column, place)}) AS s GROUP BY 1 ORDER BY pg_catalog.count(*) DESC
                """,
                reader => new Kind(reader.GetString(0), reader.GetInt32(1)),
                cancellationToken
            ),
        ];

    private Task<IReadOnlyList<string>> KeysAsync(
        MappedTable target,
        ColumnEntry column,
        IReadOnlyList<string> place,
        CancellationToken cancellationToken
    ) =>
        new TableLook(databases, target).ListAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                SELECT k.name FROM ({{Places(target, column, place)}}) AS s
                CROSS JOIN LATERAL pg_catalog.jsonb_object_keys(
                    CASE WHEN pg_catalog.jsonb_typeof(s.d) OPERATOR(pg_catalog.=) 'object' THEN s.d ELSE '{}' END) AS k (name)
                WHERE pg_catalog.length(k.name) OPERATOR(pg_catalog.<=) {{LongestKey}}
                GROUP BY 1 ORDER BY pg_catalog.count(*) DESC, 1
                """
            ),
            reader => reader.GetString(0),
            cancellationToken
        );

    private static string Places(MappedTable target, ColumnEntry column, IReadOnlyList<string> place)
    {
        var value = $"t.{column.Name.Quoted}";
        if (place.Count > 0)
            value = $"pg_catalog.jsonb_extract_path({value}, VARIADIC {HeldColumns.Path(place)})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {value} AS d FROM {target.Shape.From} AS t WHERE NOT {target.Sql.External} AND {value} IS NOT NULL AND pg_catalog.jsonb_typeof({value}) OPERATOR(pg_catalog.<>) 'null' LIMIT {Documents}"
        );
    }

    private sealed record Kind(string Name, int Longest);
}
