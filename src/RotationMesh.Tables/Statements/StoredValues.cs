using System.Globalization;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// SQL of a row's stored values. Many rows come at a time, so a large value does not come with its row: only its size does, and
/// the value is read alone.
/// </summary>
internal sealed class StoredValues(TableEntry entry, TableShape shape)
{
    /// <summary>Largest value that comes with its row, in bytes.</summary>
    public const int LargestWithRow = 1024 * 1024;

    /// <summary>
    /// Stored size in bytes below which a document counts as free of large values. It is less than a hundredth of a large
    /// value, and an envelope hardly compresses. So most documents are not read again for the size of a part of them.
    /// </summary>
    private const int SmallDocument = 8192;

    /// <summary>Returns SQL for the value of a column, whatever its size.</summary>
    public string Whole(int i) =>
        entry.Columns[i].Path is { } path ? JsonString.Read(Column(i), path)
        : shape.Columns[i].Base == "bytea" ? Column(i)
        : $"{Column(i)}::pg_catalog.text";

    /// <summary>Returns SQL for the value of a column; NULL if the value is large.</summary>
    public string Small(int i) =>
        $"CASE {IfSmallDocument(i, Whole(i))}WHEN {IsLarge(i)} THEN NULL ELSE {Whole(i)} END";

    /// <summary>Size of the row's largest value in bytes; NULL if no value is large.</summary>
    public string LargestSize =>
        $"greatest({string.Join(", ", entry.Columns.Select((_, i) => LargeSize(i)))})";

    /// <summary>Returns SQL for the size of a column's value in bytes; NULL if the value is not large.</summary>
    public string LargeSize(int i) =>
        $"CASE {IfSmallDocument(i, "NULL")}WHEN {IsLarge(i)} THEN {Size(i)} END";

    /// <summary>All values, whatever their size.</summary>
    public string All => string.Join(", ", entry.Columns.Select((_, i) => Whole(i)));

    /// <summary>
    /// Returns a condition that a value of these columns is longer than the overhead of an envelope; NULL if none is, but one
    /// is NULL.
    /// </summary>
    public string MayHold(IEnumerable<int> columns) =>
        string.Join(
            " OR ",
            columns.Select(i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Size(i)} OPERATOR(pg_catalog.>) {EnvelopeCipher.OverheadBytes}"
                )
            )
        );

    private string IfSmallDocument(int i, string then) =>
        entry.Columns[i].Path is null
            ? ""
            : string.Create(
                CultureInfo.InvariantCulture,
                $"WHEN pg_catalog.pg_column_size({Column(i)}) OPERATOR(pg_catalog.<) {SmallDocument} THEN {then} "
            );

    private string IsLarge(int i) =>
        string.Create(CultureInfo.InvariantCulture, $"{Size(i)} OPERATOR(pg_catalog.>) {LargestWithRow}");

    // The server knows the size of text and bytea without reading a value that it stores apart.
    private string Size(int i) => $"pg_catalog.octet_length({Whole(i)})";

    private string Column(int i) => $"t.{entry.Columns[i].Name.Quoted}";
}
