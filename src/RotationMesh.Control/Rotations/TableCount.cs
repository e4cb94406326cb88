using System.Text.Json;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Control.Rotations;

/// <summary>A table by the names of the map, and its rows by the last census.</summary>
public sealed record TableCount
{
    /// <summary>Scope of the table.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public string Database { get; init; } = "";

    /// <summary>Table as the map names it.</summary>
    public string Table { get; init; } = "";

    /// <summary>The table, by the names of the map.</summary>
    public TableName FullName => new(Scope, Database, Table);

    /// <summary>The columns of the map that a rotation reads, with the path in a document; written, never read.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows that were not at the target version by the first census; read, never written.</summary>
    public long OpeningPending { get; init; }

    /// <summary>
    /// Rows whose value was in the table by the first census; read, never written. Null where an earlier release counted them.
    /// </summary>
    public long? OpeningStored { get; init; }

    /// <summary>Rows at the target version that held no value by the first census; read, never written.</summary>
    public long OpeningEmpty { get; init; }

    /// <summary>Rows whose value is in the table.</summary>
    public long Stored { get; init; }

    /// <summary>Rows that are not at the target version.</summary>
    public long Pending { get; init; }

    /// <summary>Rows whose value lives elsewhere.</summary>
    public long External { get; init; }

    /// <summary>Rows at the target version that hold no value.</summary>
    public long Empty { get; init; }

    /// <summary>
    /// Rows without those: a share to decrypt is taken of them, as a sample of rows that hold nothing would prove nothing.
    /// </summary>
    public long Holding => Stored - Empty;

    /// <summary>
    /// <see cref="Holding"/> when verification was planned, which chose by it how much to read; null where that is not known.
    /// </summary>
    public long? HeldAtPlanning { get; init; }

    /// <summary>
    /// Whether verification reads all of its rows: a row was met that does not decrypt, and a sample would pass over it.
    /// </summary>
    public bool ReadWhole { get; init; }

    /// <summary>
    /// The leaves when verification was planned, as <c>LeafList</c> writes them; null where it was not planned, or by an earlier
    /// release.
    /// </summary>
    public string? Leaves { get; init; }

    /// <summary>
    /// The moment before verification was planned, as <c>ReadingStart</c> writes it; null where no row was planned, or by an
    /// earlier release.
    /// </summary>
    public string? ReadingStart { get; init; }

    /// <summary>Returns the share of its rows to verify, 0 to 1, where the rotation has <paramref name="verify"/>.</summary>
    public double Share(VerificationShare verify)
    {
        ArgumentNullException.ThrowIfNull(verify);
        var share = verify.Of(HeldAtPlanning ?? Holding);
        return ReadWhole && share > 0 ? 1 : share;
    }

    /// <summary>Declared columns that hold a value in few rows, where the map does not say that it may be so.</summary>
    public IReadOnlyList<SparseColumn> Sparse
    {
        get => JsonSerializer.Deserialize<List<SparseColumn>>(SparseText) ?? [];
        init => SparseText = JsonSerializer.Serialize(value);
    }

    /// <summary><see cref="Sparse"/> as JSON, as the control database keeps it.</summary>
    public string SparseText { get; init; } = "[]";
}
