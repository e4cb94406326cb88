using System.Globalization;
using Npgsql;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// Tells which columns of a leaf table the names of the map stand for, as text: the leaf's oid with the number and type of each.
/// Whoever renames a column and gives its name to another one changes no row, neither its ctid nor its xmin.
/// </summary>
internal static class LeafColumns
{
    private static readonly string Question =
        $"SELECT {Of("pg_catalog.to_regclass(@leaf)", "@names::pg_catalog.name[]")}";

    private static readonly string ListQuestion = $"""
        SELECT c.oid::pg_catalog.int8 AS Oid, {Of("c.oid", "@names::pg_catalog.name[]")} AS Columns
        FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) ANY (@oids::pg_catalog.int8[]::pg_catalog.oid[])
        """;

    /// <summary>Returns the names of all columns that are read or written.</summary>
    public static string[] Names(TableEntry entry) =>
        [
            .. entry
                .Key.Append(entry.Tenant)
                .Append(entry.Version)
                .Concat(entry.Columns.Select(column => column.Name))
                .Concat(entry.ExternalStore is { } store ? [store.Key] : [])
                .Select(name => name.Name)
                .Distinct(),
        ];

    /// <summary>Returns SQL for the text of a relation; NULL where it has none of the columns.</summary>
    public static string Of(string relation, string names) =>
        "(SELECT pg_catalog.string_agg(pg_catalog.concat(a.attrelid, '.', a.attnum, '.', a.atttypid), ' ' ORDER BY a.attname) "
        + $"FROM pg_catalog.pg_attribute a WHERE a.attrelid OPERATOR(pg_catalog.=) {relation} "
        + $"AND a.attname OPERATOR(pg_catalog.=) ANY ({names}))";

    /// <summary>
    /// Returns the leaf with its columns as they are now. Who writes what was read must ask before reading.
    /// </summary>
    public static async Task<LeafTable> FindAsync(
        NpgsqlConnection connection,
        SqlName leaf,
        TableEntry entry,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Question, connection)
        {
            Parameters = { new("leaf", leaf.Quoted), new("names", Names(entry)) },
        };
        await command.PrepareAsync(cancellationToken);
        return new LeafTable(leaf)
        {
            Columns = await command.ExecuteScalarAsync(cancellationToken) as string,
        };
    }

    /// <summary>Returns the texts of leaves by their oids; null of one that has none of the columns.</summary>
    public static async Task<IReadOnlyDictionary<long, string?>> ListAsync(
        NpgsqlConnection connection,
        IEnumerable<long> leaves,
        TableEntry entry,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.PreparedAsync<(long Oid, string? Columns)>(
                ListQuestion,
                cancellationToken,
                ("oids", leaves.ToArray()),
                ("names", Names(entry))
            )
        ).ToDictionary(leaf => leaf.Oid, leaf => leaf.Columns);

    /// <summary>
    /// Returns a condition that the columns of <paramref name="leaf"/> are those that it was found with. It is true of no leaf whose
    /// columns nobody asked for.
    /// </summary>
    public static string AreStill(LeafTable leaf, TableEntry entry) =>
        $"coalesce({Of($"{Literal(leaf.Quoted)}::pg_catalog.regclass", $"ARRAY[{string.Join(", ", Names(entry).Select(Literal))}]::pg_catalog.name[]")} "
        + $"OPERATOR(pg_catalog.=) {Literal(leaf.Columns ?? "")}, FALSE)";

    /// <summary>Lists the columns of a text by oid and number; none of null.</summary>
    public static IEnumerable<(long Relation, int Number)> Parse(string? columns) =>
        (columns ?? "")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(column => column.Split('.'))
            .Select(parts =>
                (
                    long.Parse(parts[0], CultureInfo.InvariantCulture),
                    int.Parse(parts[1], CultureInfo.InvariantCulture)
                )
            );

    /// <summary>Whether the leaf had all columns when it was found.</summary>
    public static bool AreAll(LeafTable leaf, TableEntry entry) =>
        leaf.Columns?.Split(' ').Length == Names(entry).Length;

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
