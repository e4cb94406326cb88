using System.Globalization;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// SQL of a row's stored values. A large one does not come with its row, for rows come many at a time: its size does, and it
/// is read alone.
/// </summary>
internal sealed class StoredValues(TableEntry entry, TableShape shape)
{
    /// <summary>Largest value that comes with its row, in bytes.</summary>
    public const int LargestWithRow = 1024 * 1024;

    /// <summary>
    /// A document that takes less room in the table holds no large value: what the server compresses with is nowhere near a
    /// hundredth. So most documents are not read again for the size of a part of them.
    /// </summary>
    private const int SmallDocument = 8192;

    /// <summary>The value of a column, whatever its size.</summary>
    public string Whole(int i) =>
        entry.Columns[i].Path is { } path ? JsonString.Read(Column(i), path)
        : shape.Columns[i].Base == "bytea" ? Column(i)
        : $"{Column(i)}::pg_catalog.text";

    /// <summary>The value of a column; NULL where it is large.</summary>
    public string Small(int i) =>
        $"CASE {IfSmallDocument(i, Whole(i))}WHEN {IsLarge(i)} THEN NULL ELSE {Whole(i)} END";

    /// <summary>Bytes of the row's largest value; NULL where none is large.</summary>
    public string LargestSize =>
        $"greatest({string.Join(", ", entry.Columns.Select((_, i) => LargeSize(i)))})";

    /// <summary>Bytes of the value of a column; NULL where it is not large.</summary>
    public string LargeSize(int i) =>
        $"CASE {IfSmallDocument(i, "NULL")}WHEN {IsLarge(i)} THEN {Size(i)} END";

    /// <summary>All values, whatever their size.</summary>
    public string All => string.Join(", ", entry.Columns.Select((_, i) => Whole(i)));

    /// <summary>Whether the value of any of those columns is long enough for an envelope; NULL where none is and one is NULL.</summary>
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

    // Of text and bytea the server knows it without reading a value that it stores apart.
    private string Size(int i) => $"pg_catalog.octet_length({Whole(i)})";

    private string Column(int i) => $"t.{entry.Columns[i].Name.Quoted}";
}
