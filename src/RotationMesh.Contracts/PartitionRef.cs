namespace RotationMesh.Contracts;

/// <summary>
/// A partition by its number in the ledger and by logical names, which the worker looks up in its own map: a message can
/// not name a table that the map does not.
/// </summary>
public sealed record PartitionRef
{
    public required long PartitionId { get; init; }

    /// <summary>Counts dispatches; results carry it back, so the ledger knows a late one from the current one.</summary>
    public required int Attempt { get; init; }

    public required string Scope { get; init; }
    public required string Database { get; init; }
    public required string Table { get; init; }

    /// <summary>
    /// Identity of the rotation's database, which the worker holds against that of its own; null where the coordinators
    /// could not tell it.
    /// </summary>
    public string? DatabaseIdentity { get; init; }

    /// <summary>
    /// Where the coordinator has the table's external values; null where it has none. A worker that has them elsewhere says
    /// so.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>The table that holds the rows, written as in SQL: the table itself or a leaf of it, which the worker checks.</summary>
    public required string Leaf { get; init; }

    /// <summary>As keys are derived for them; null: all tenants in the range.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Null: the tenants' rows wherever they lie.</summary>
    public PageRange? Pages { get; init; }
}

/// <summary>Pages of the table's file, from <paramref name="First"/> up to and without <paramref name="End"/>.</summary>
public sealed record PageRange(long First, long End);
