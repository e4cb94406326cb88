using RotationMesh.Core.Map;

namespace RotationMesh.Tables.Scanning;

/// <summary>A table, materialised view or foreign table as the catalog has it; each array has one item for each column.</summary>
internal sealed record ScanRelation
{
    public long Oid { get; init; }
    public string Schema { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary><c>pg_class.relkind</c>: r, p, m or f.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Whether a query of its root reads its rows; false for a partition that is about to be detached.</summary>
    public bool IsPartition { get; init; }

    /// <summary>What it is a partition of, or inherits from.</summary>
    public long[] Parents { get; init; } = [];

    /// <summary>The transactions that wrote its entries of the catalog; VACUUM and ANALYZE write none anew.</summary>
    public string Written { get; init; } = "";

    /// <summary>The statement that ends its being about to be detached; null for others.</summary>
    public string? FinalizeWith { get; init; }
    public int EstimatedPages { get; init; }
    public double EstimatedRows { get; init; }
    public long MainBytes { get; init; }
    public long Bytes { get; init; }
    public int PageBytes { get; init; }
    public bool RowSecurity { get; init; }
    public bool MayUseSchema { get; init; }

    /// <summary>False for a materialised view without data; true for everything else.</summary>
    public bool IsPopulated { get; init; }
    public string[] Names { get; init; } = [];
    public string[] Types { get; init; } = [];
    public bool[] MayHold { get; init; } = [];
    public bool[] Unread { get; init; } = [];
    public bool[] Readable { get; init; } = [];

    public SqlName Table => new(new SqlIdentifier(Schema), new SqlIdentifier(Name));

    /// <summary>The name for people, always with its schema.</summary>
    public string Shown => Table.ToString();

    public bool HoldsNothing => !MayHold.Contains(true) && !Unread.Contains(true);

    /// <summary>Rows by the server's last estimate and its size now; null where nothing was estimated yet.</summary>
    public long? Rows =>
        EstimatedRows < 0 || EstimatedPages <= 0
            ? null
            : (long)Math.Round(EstimatedRows / EstimatedPages * (MainBytes / (double)PageBytes));
}
