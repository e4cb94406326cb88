using System.Globalization;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Looks for leaves that a rotation claimed, that exist, and that are no longer below any of its tables. The last count passes
/// over their rows, which may be at an old version.
/// </summary>
internal sealed class DetachedParts(ApplicationDatabases databases, ControlDatabase control)
{
    /// <summary>Leaves that are named; of more, the number is.</summary>
    private const int MostNamed = 3;

    /// <summary>
    /// Returns a sentence for the operator for each table that lost leaves; <paramref name="entries"/> are all tables of the
    /// rotation. Throws <see cref="Npgsql.NpgsqlException"/> where a database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<string>> TellAsync(
        Guid rotationId,
        IReadOnlyList<TableEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var told = new List<string>();
        var parts = await new ClaimedParts(control).ListAsync(rotationId, cancellationToken);
        foreach (var claimed in parts.GroupBy(part => part.Database))
        {
            var counted = entries.Where(entry => entry.Database == claimed.Key).ToList();
            if (counted.Count == 0)
                continue;
            var detached = await new DetachedTables(databases).FindAsync(
                counted,
                [.. claimed.Select(part => part.Relation).Distinct()],
                cancellationToken
            );
            var tables = claimed.ToLookup(part => part.Relation, part => part.Table);
            told.AddRange(
                detached
                    .SelectMany(one =>
                        tables[one.Oid].Select(table => (Table: table, Part: (one.Table, one.FinalizeWith)))
                    )
                    .GroupBy(one => one.Table, one => one.Part)
                    .Select(table => Explain(table.Key, [.. table]))
            );
        }

        return told;
    }

    private static string Explain(string table, IReadOnlyList<(SqlName Table, string? FinalizeWith)> parts)
    {
        var named = string.Join(", ", parts.Take(MostNamed).Select(part => part.Table));
        var more =
            parts.Count > MostNamed
                ? string.Create(CultureInfo.InvariantCulture, $" and {parts.Count - MostNamed} more")
                : "";
        return $"table {table}: {Reasons.Detached}, and nobody counts their rows: {named}{more}: "
            + $"{DetachWords.First(parts.Select(part => part.FinalizeWith))}attach them again and retry the rotation, put them into the map "
            + "and rotate them, or drop them";
    }
}
