using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Looks for tables and leaves that a rotation claimed, that exist, and whose rows none of its tables shows any more. The last
/// count passes over these rows, which may be at an old version.
/// </summary>
internal sealed class DetachedParts(ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>
    /// Returns a sentence for the operator for each table that was replaced, and for each that lost leaves;
    /// <paramref name="entries"/> are all tables of the rotation. Throws <see cref="Npgsql.NpgsqlException"/> where a database
    /// does not answer.
    /// </summary>
    public async Task<IReadOnlyList<string>> TellAsync(
        Guid rotationId,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var told = new List<string>();
        var all = await new ClaimedParts(control).ListAsync(rotationId, cancellationToken);
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
            told.AddRange(
                detached
                    .SelectMany(one =>
                        parts[one.Oid]
                            .Select(part => (part.Table, part.IsWhole, Former: (one.Table, one.FinalizeWith)))
                    )
                    .GroupBy(one => (one.Table, one.IsWhole), one => one.Former)
                    .Select(found => Explain(found.Key.Table, found.Key.IsWhole, [.. found]))
            );
        }

        return told;
    }

    private static string Explain(
        string table,
        bool isWhole,
        IReadOnlyList<(SqlName Table, string? FinalizeWith)> former
    )
    {
        var named = SomeNames.Of([.. former.Select(one => one.Table)]);
        return isWhole
            ? $"table {table}: {Reasons.Replaced}, and nobody counts the rows of the former one: {named}: drop it, or give "
                + "it its name back, and retry the rotation; or put it into the map and rotate it"
            : $"table {table}: {Reasons.Detached}, and nobody counts their rows: {named}: "
                + $"{DetachWords.First(former.Select(one => one.FinalizeWith))}attach them again and retry the rotation, put them into "
                + "the map and rotate them, or drop them";
    }
}
