using System.Globalization;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Probing;

/// <summary>
/// Looks for envelopes in the other elements of an array, where a path names one of its elements. They would keep their old
/// key, and the map can't name them beside the first.
/// </summary>
internal sealed class ElementLook(ApplicationDatabases databases)
{
    /// <summary>Characters of the shortest envelope in base64: nonce, tag and one byte.</summary>
    private const int ShortestEnvelope = 39;

    /// <summary>
    /// Returns what is wrong; null where no part of the path is a number, or no other element holds what may be an envelope.
    /// </summary>
    public async Task<ColumnFault?> FindFaultAsync(
        MappedTable target,
        int i,
        CancellationToken cancellationToken
    )
    {
        var column = target.Entry.Columns[i];
        var path = column.Path!;
        for (var depth = 0; depth < path.Count; depth++)
        {
            if (
                !int.TryParse(
                    path[depth],
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var index
                )
            )
                continue;
            var others = await new TableLook(databases, target).ListAsync(
                Others(target, i, depth, index),
                reader => reader.GetInt64(0),
                cancellationToken
            );
            if (others is [var other, ..])
                return new ColumnFault(
                    target.Entry,
                    $"column {column.Shown} names one element of an array, and others hold what looks like envelopes too, such as element {other.ToString(CultureInfo.InvariantCulture)}: they would keep their old key",
                    "keep each in a row or a column of its own, which the map can name"
                );
        }

        return null;
    }

    // Finds texts of base64 digits that are long enough. Only the scan tries whether a key opens them.
    private static string Others(MappedTable target, int i, int depth, int index)
    {
        var column = target.Entry.Columns[i];
        var value = $"t.{column.Name.Quoted}";
        if (depth > 0)
            value =
                $"pg_catalog.jsonb_extract_path({value}, VARIADIC {HeldColumns.Path(column.Path!.Take(depth))})";
        var named =
            index >= 0
                ? $"{index + 1L}"
                : $"{index + 1L} OPERATOR(pg_catalog.+) pg_catalog.jsonb_array_length(a.d)";
        var rest = column.Path!.Skip(depth + 1).ToList();
        var text =
            rest.Count > 0
                ? $"pg_catalog.jsonb_extract_path_text(e.d, VARIADIC {HeldColumns.Path(rest)})"
                : "pg_catalog.jsonb_build_array(e.d) OPERATOR(pg_catalog.->>) 0";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT e.n OPERATOR(pg_catalog.-) 1 FROM {target.Shape.From} AS t
            CROSS JOIN LATERAL (SELECT CASE WHEN pg_catalog.jsonb_typeof({value}) OPERATOR(pg_catalog.=) 'array'
                                            THEN {value} ELSE '[]' END AS d) AS a
            CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(a.d) WITH ORDINALITY AS e (d, n)
            WHERE NOT {target.Sql.External}
              AND e.n OPERATOR(pg_catalog.<>) ({named})
              AND pg_catalog.length({text}) OPERATOR(pg_catalog.>=) {ShortestEnvelope}
              AND ({text}) OPERATOR(pg_catalog.~) '^[A-Za-z0-9+/_-]+={"{0,2}"}$'
            LIMIT 1
            """
        );
    }
}
