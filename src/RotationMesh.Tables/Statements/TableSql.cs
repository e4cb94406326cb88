using System.Globalization;
using System.Text;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// Builds the SQL of one table. Names come from the map and the catalog and are quoted. The map's paths, its version for NULL
/// and its <c>external</c> predicate are part of the text; every other value that varies is a parameter.
/// </summary>
internal sealed class TableSql
{
    private readonly TableEntry entry;
    private readonly TableShape shape;

    public TableSql(TableEntry entry, TableShape shape)
    {
        this.entry = entry;
        this.shape = shape;
        var version = $"t.{entry.Version.Quoted}";
        Version = entry.VersionWhenNull is { } whenNull
            ? $"coalesce({version}, {whenNull.ToString(CultureInfo.InvariantCulture)})"
            : version;
        Elsewhere = entry.External is { } predicate ? $"(({predicate}\n) IS TRUE)" : "FALSE";
        External = entry.ExternalStore is null ? Elsewhere : "FALSE";
        Values = new StoredValues(entry, shape);
    }

    private StoredValues Values { get; }

    /// <summary>Key version of the row; NULL is replaced if the map says so.</summary>
    public string Version { get; }

    /// <summary>Condition that the row's value lives outside the table; never NULL.</summary>
    public string Elsewhere { get; }

    /// <summary>
    /// Condition that nothing rotates the row's value, because it lives outside the table and in no store of the map; never
    /// NULL.
    /// </summary>
    public string External { get; }

    /// <summary>
    /// Columns of every read: ctid, xmin, version, tenant, size of the largest value, key columns, values. The version comes as
    /// bigint, tenant and key as text (a padded tenant with its padding), values as text or bytea. The size is NULL if all
    /// values come with the row. A large value is NULL; <see cref="ReadValues"/> reads it. If the map has a store, the name of
    /// the row's object comes last: NULL if the value is in the table, empty if the row names no object.
    /// </summary>
    public string RowColumns
    {
        get
        {
            var text = new StringBuilder(
                $"t.ctid, t.xmin, {Version}::bigint, t.{entry.Tenant.Quoted}{(entry.TenantPadding == true ? "" : "::pg_catalog.text")}, {Values.LargestSize}"
            );
            foreach (var key in entry.Key)
                text.Append(CultureInfo.InvariantCulture, $", t.{key.Quoted}::pg_catalog.text");
            for (var i = 0; i < entry.Columns.Count; i++)
                text.Append(", ").Append(Values.Small(i));
            if (entry.ExternalStore is { } store)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $", CASE WHEN {Elsewhere} THEN coalesce(t.{store.Key.Quoted}::pg_catalog.text, '') END"
                );
            return text.ToString();
        }
    }

    /// <summary>
    /// Writes a batch to <paramref name="leaf"/>. Parameters: $1 target version, $2 ctids (as text, because the driver has no
    /// array of ctids), $3 xmins, then an array for each key column and each encrypted column, and last the two of
    /// <see cref="WriteTerm.Holds"/>. A row is found by its ctid. It is written only if it is the same row (key) in the same
    /// state (xmin): after VACUUM FULL, a ctid may hold another row that was loaded in the same transaction, and so has the
    /// same xmin.
    /// </summary>
    public string Write(LeafTable leaf) =>
        $"UPDATE ONLY {leaf.Quoted} AS t SET {Assignments} FROM {Unnested} WHERE {SameRow} AND {InTerm} AND {IsSame(leaf)}{Numbers}";

    /// <summary>
    /// Writes a batch that met a lock, without the rows that another session has locked. It never waits for a row of the
    /// application while it holds locks on others. Parameters are those of <see cref="Write"/>.
    /// </summary>
    public string WriteUnlocked(LeafTable leaf) =>
        $"""
            WITH free AS MATERIALIZED (
                SELECT t.ctid AS row_ctid FROM ONLY {leaf.Quoted} AS t, {Unnested}
                WHERE {SameRow} FOR NO KEY UPDATE OF t SKIP LOCKED)
            UPDATE ONLY {leaf.Quoted} AS t SET {Assignments} FROM {Unnested}, free
            WHERE {SameRow} AND free.row_ctid OPERATOR(pg_catalog.=) u.row_ctid AND {InTerm} AND {IsSame(
                leaf
            )}{Numbers}
            """;

    /// <summary>
    /// Whether a trigger may change what is written. If so, a write returns the number in the batch, from 1, of each row that
    /// it wrote, and <see cref="CountAsSent"/> counts those stored as they were sent.
    /// </summary>
    public bool IsProven => shape.UpdateTriggers > 0;

    /// <summary>
    /// Returns a condition that <paramref name="leaf"/> is as it was when its rows were read and its triggers counted: a trigger
    /// that came since might keep the old version beside the new value, and a column that took another's name never held what would
    /// be written there. Its subqueries run once per statement, when the table is locked against such changes.
    /// </summary>
    public string IsSame(LeafTable leaf) =>
        LeafColumns.AreStill(leaf, entry) + (IsProven ? "" : $" AND NOT {UpdateTriggers.ExistOn(leaf)}");

    /// <summary>
    /// Counts the rows of a batch that are stored with the version and the values that were sent, hold no other, and have the tenant
    /// that their keys were derived for. Parameters after the batch's own: the numbers of the rows to count, the tenant of each row
    /// of the batch, and the one that stands for NULL.
    /// </summary>
    public string CountAsSent(LeafTable leaf) =>
        $"SELECT pg_catalog.count(*) FROM ONLY {leaf.Quoted} AS t, {Unnested} "
        + $"WHERE u.n OPERATOR(pg_catalog.=) ANY (${AfterBatch}::int[]) AND {SameKey} AND {AsSent}";

    /// <summary>Counts the rows of a batch that are unchanged since they were read. Parameters are the batch's own.</summary>
    public string CountUnchanged(LeafTable leaf) =>
        $"SELECT pg_catalog.count(*) FROM ONLY {leaf.Quoted} AS t, {Unnested} WHERE {SameRow}";

    /// <summary>
    /// Reads all values, large ones too, of the batch's rows that are unchanged since they were read. Parameters are the
    /// batch's own.
    /// </summary>
    public string ReadValues(LeafTable leaf) =>
        $"SELECT {Values.All} FROM ONLY {leaf.Quoted} AS t, {Unnested} WHERE {SameRow}";

    /// <summary>
    /// Reads rows of a leaf table again by key if they are still pending. Parameters: $1 target version, then an array for each
    /// key column.
    /// </summary>
    public string ReadByKey(LeafTable leaf) => $"{ByKey(leaf)} AND {Pending(1)}";

    /// <summary>
    /// Reads rows of a leaf table again by key if they are not external. Parameters: $1 the version that they must claim, NULL for
    /// any, then an array for each key column.
    /// </summary>
    public string ReadStoredByKey(LeafTable leaf) =>
        $"{ByKey(leaf)} AND NOT {External} AND ($1::pg_catalog.int8 IS NULL OR {Version} OPERATOR(pg_catalog.=) $1)";

    /// <summary>
    /// Returns a condition that a row is not external and not at the target version, which is parameter
    /// <paramref name="parameter"/>.
    /// </summary>
    public string Pending(int parameter) =>
        $"NOT {External} AND ({Version} OPERATOR(pg_catalog.=) ${parameter}) IS NOT TRUE";

    /// <summary>
    /// Returns a condition that a row's value lives outside the table, but that one of the columns may still hold an envelope.
    /// </summary>
    public string Inline(IEnumerable<int> columns) => $"{Elsewhere} AND ({Values.MayHold(columns)})";

    /// <summary>Returns the sizes of the columns' values; NULL for each value that came with its row.</summary>
    public string LargeSizes(IEnumerable<int> columns) => string.Join(", ", columns.Select(Values.LargeSize));

    /// <summary>Returns the type of the array that carries the values of an encrypted column.</summary>
    public string ValueArray(int i) => shape.Columns[i].Base == "bytea" ? "bytea[]" : "text[]";

    // Sets every column of a row and its version in one statement. An empty value in the batch means that the column holds
    // no value (NULL or empty) and stays as it is.
    private string Assignments
    {
        get
        {
            var text = new StringBuilder();
            for (var i = 0; i < entry.Columns.Count; i++)
            {
                var name = entry.Columns[i].Name.Quoted;
                var made = entry.Columns[i].Path is { } path
                    ? JsonString.Replace($"t.{name}", path, $"u.v{i}")
                    : $"u.v{i}"; // no cast, which would cut a value to the column's length; assignment refuses it
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{name} = CASE WHEN u.v{i} OPERATOR(pg_catalog.=) '' THEN t.{name} ELSE {made} END, "
                );
            }

            return text.Append(CultureInfo.InvariantCulture, $"{entry.Version.Quoted} = $1").ToString();
        }
    }

    // The arrays are unnested in the select list: a function in FROM would first copy every value into a tuple store. All
    // arrays of a batch have the same length.
    private string Unnested
    {
        get
        {
            var arrays = new List<string>
            {
                "pg_catalog.unnest($2::pg_catalog.text[]::pg_catalog.tid[]) AS row_ctid",
                "pg_catalog.unnest($3::pg_catalog.xid[]) AS row_xmin",
            };
            var parameter = 4;
            for (var i = 0; i < entry.Key.Count; i++)
                arrays.Add($"pg_catalog.unnest(${parameter++}::pg_catalog.text[]) AS k{i}");
            for (var i = 0; i < entry.Columns.Count; i++)
                arrays.Add($"pg_catalog.unnest(${parameter++}::pg_catalog.{ValueArray(i)}) AS v{i}");
            if (IsProven)
                arrays.Add("pg_catalog.generate_subscripts($2::pg_catalog.text[], 1) AS n");
            return $"(SELECT {string.Join(", ", arrays)}) AS u";
        }
    }

    // Parameters: an array for each key column from $2 on.
    private string ByKey(LeafTable leaf)
    {
        var keys = string.Join(
            ", ",
            entry.Key.Select((_, i) => $"pg_catalog.unnest(${i + 2}::pg_catalog.text[])")
        );
        var names = string.Join(", ", entry.Key.Select((_, i) => $"k{i}"));
        return $"SELECT {RowColumns} FROM ONLY {leaf.Quoted} AS t, ROWS FROM ({keys}) AS u({names}) WHERE {SameKey}";
    }

    private int AfterBatch => 4 + entry.Key.Count + entry.Columns.Count;
    private string InTerm => WriteTerm.Holds(AfterBatch, AfterBatch + 1);

    private string Numbers => IsProven ? " RETURNING u.n" : "";

    private string AsSent =>
        string.Join(
            " AND ",
            entry
                .Columns.Select(
                    (_, i) =>
                        $"CASE WHEN u.v{i} OPERATOR(pg_catalog.<>) '' THEN ({Values.Whole(i)}){Exactly(i)} OPERATOR(pg_catalog.=) u.v{i} "
                        + $"ELSE {(entry.ExternalStore is null ? "FALSE" : Elsewhere)} OR coalesce(pg_catalog.octet_length({Values.Whole(i)}), 0) OPERATOR(pg_catalog.=) 0 END"
                )
                .Prepend($"t.{entry.Version.Quoted} OPERATOR(pg_catalog.=) $1")
                .Append(
                    $"coalesce(t.{entry.Tenant.Quoted}::pg_catalog.text, ${AfterBatch + 2}::pg_catalog.text) COLLATE pg_catalog.\"C\" "
                        + $"OPERATOR(pg_catalog.=) (${AfterBatch + 1}::pg_catalog.text[])[u.n]"
                )
        );

    // A column's own collation may take another text for the same.
    private string Exactly(int i) => shape.Columns[i].Base == "bytea" ? "" : " COLLATE pg_catalog.\"C\"";

    private string SameRow =>
        $"t.ctid OPERATOR(pg_catalog.=) u.row_ctid AND t.xmin OPERATOR(pg_catalog.=) u.row_xmin AND {SameKey}";

    private string SameKey =>
        string.Join(
            " AND ",
            entry.Key.Select(
                (key, i) => $"t.{key.Quoted} {shape.Key[i].Equality} u.k{i}::{shape.Key[i].Qualified}"
            )
        );
}
