using RotationMesh.Core;

namespace RotationMesh.Contracts;

/// <summary>
/// A partition by its number in the ledger and by logical names, which the worker looks up in its own map: a message can't
/// reach a table that the map does not name.
/// </summary>
public sealed record PartitionRef
{
    public required long PartitionId { get; init; }

    /// <summary>Number of the attempt, from 1. Results return it, so that the ledger recognizes a late one.</summary>
    public required int Attempt { get; init; }

    /// <summary>
    /// Made up for each dispatch. Results return it, so that the ledger recognizes one of another ledger, which had the same
    /// numbers.
    /// </summary>
    public required Guid Dispatch { get; init; }

    public required string Scope { get; init; }
    public required string Database { get; init; }
    public required string Table { get; init; }

    /// <summary>
    /// Identity of the rotation's database, which the worker compares with that of its own; null where the coordinators do
    /// not know it.
    /// </summary>
    public string? DatabaseIdentity { get; init; }

    /// <summary>
    /// Where the coordinator has the table's external values; null where it has none. A worker that refuses because of its
    /// map reports a different place.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>
    /// The table that holds the rows, written as in SQL: the table itself or one of its leaves. The worker checks it.
    /// </summary>
    public required string Leaf { get; init; }

    /// <summary>
    /// The columns of the leaf by their numbers, as the planner saw them: the worker rewrites no row where the map's names stand for
    /// other ones. Null where the ledger of an earlier release does not tell.
    /// </summary>
    public string? Columns { get; init; }

    /// <summary>Tenants by the names that key derivation uses; null: all tenants in the range.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Null: the tenants' rows in all pages.</summary>
    public PageRange? Pages { get; init; }
}
