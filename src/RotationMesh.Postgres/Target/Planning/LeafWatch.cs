using RotationMesh.Core.Map;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Planning;

/// <summary>
/// Tells whether a table got leaves since it was planned. One that is renamed, moved to another schema or attached looks as if it
/// had been dropped to whoever reads by the name that was planned, and its rows are not read.
/// </summary>
public sealed class LeafWatch(TargetDatabases databases)
{
    private readonly Dictionary<TableEntry, HashSet<(long, string)>> planned = [];

    /// <summary>Remembers the leaves that the table has now.</summary>
    public async Task RememberAsync(TableTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        planned[target.Entry] = await ListAsync(target, cancellationToken);
    }

    /// <summary>Whether it has another one now, or none at all.</summary>
    public async Task<bool> HasChangedAsync(TableTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var now = await ListAsync(target, cancellationToken);
        return now.Count == 0 || !now.IsSubsetOf(planned[target.Entry]);
    }

    private async Task<HashSet<(long, string)>> ListAsync(
        TableTarget target,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        var catalog = new Catalog(connection, cancellationToken);
        if (await catalog.FindTableAsync(SqlName.Parse(target.Shape.Quoted)) is not { } table)
            return [];
        return
        [
            .. (await catalog.LeavesAsync(table.Oid, target.Entry.Only)).Select(leaf =>
                (leaf.Oid, $"{leaf.Schema}.{leaf.Name}")
            ),
        ];
    }
}
