using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Looks for tables and leaves that a rotation claimed, that exist, and whose rows none of its tables shows any more. The last
/// count passes over these rows, which may be at an old version.
/// </summary>
internal sealed class DetachedParts(ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>
    /// Returns the tables that were replaced, and those that lost leaves; <paramref name="entries"/> are all tables of the rotation.
    /// Throws <see cref="Npgsql.NpgsqlException"/> where a database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<LostParts>> FindAsync(
        Guid rotationId,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var parts = await new ClaimedParts(control).ListAsync(rotationId, cancellationToken);
        return await FindAsync(parts, entries, cancellationToken);
    }

    /// <summary>
    /// Does the same for what other rotations had, that recorded failures of these tables: this rotation did not read the rows there,
    /// if it ever was for them.
    /// </summary>
    public async Task<IReadOnlyList<LostParts>> FindFailedAsync(
        Guid rotationId,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var parts = await new ClaimedParts(control).ListFailedAsync(rotationId, cancellationToken);
        return await FindAsync(parts, entries, cancellationToken);
    }

    private async Task<IReadOnlyList<LostParts>> FindAsync(
        IReadOnlyList<ClaimedPart> all,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var lost = new List<LostParts>();
        foreach (var claimed in all.GroupBy(part => part.Database))
        {
            var counted = entries.Where(entry => entry.Database == claimed.Key).ToList();
            if (counted.Count == 0)
                continue;
            var detached = await new DetachedTables(databases).FindAsync(
                counted,
                [.. claimed.Select(part => part.Relation).Distinct()],
                cancellationToken
            );
            var parts = claimed.ToLookup(part => part.Relation);
            lost.AddRange(
                detached
                    .SelectMany(one =>
                        parts[one.Oid]
                            .Select(part => (part.Table, part.IsWhole, Former: (one.Table, one.FinalizeWith)))
                    )
                    .GroupBy(one => (one.Table, one.IsWhole), one => one.Former)
                    .Select(found => new LostParts(
                        claimed.Key,
                        found.Key.Table,
                        found.Key.IsWhole,
                        [.. found]
                    ))
            );
        }

        return lost;
    }
}

/// <summary>Rows that a rotation's table no longer shows.</summary>
/// <param name="Database">The map's name of the database.</param>
/// <param name="Table">The table, as the map names it.</param>
/// <param name="IsWhole">Whether another table has its name now; else it lost leaves.</param>
/// <param name="Former">The former table, or the leaves, by their names of today.</param>
internal sealed record LostParts(
    string Database,
    string Table,
    bool IsWhole,
    IReadOnlyList<(SqlName Table, string? FinalizeWith)> Former
)
{
    /// <summary>Whether it was lost to a table of the map.</summary>
    public bool IsOf(TableName table) => (table.Database, table.Table) == (Database, Table);

    /// <summary>Says it to the operator, with what to do.</summary>
    public string Explain()
    {
        var named = SomeNames.Of([.. Former.Select(one => one.Table)]);
        return IsWhole
            ? $"table {Table}: {Reasons.Replaced}, and nobody counts the rows of the former one: {named}: drop it, or give "
                + "it its name back, and retry the rotation; or put it into the map and rotate it"
            : $"table {Table}: {Reasons.Detached}, and nobody counts their rows: {named}: "
                + $"{DetachWords.First(Former.Select(one => one.FinalizeWith))}attach them again and retry the rotation, put them into "
                + "the map and rotate them, or drop them";
    }
}
