using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Planning;

/// <summary>Detects changes of the leaves of tables while they are read.</summary>
public sealed class LeafWatch(ApplicationDatabases databases)
{
    private readonly Dictionary<TableEntry, LeafList> planned = [];

    /// <summary>Remembers the leaves that the table has now.</summary>
    public async Task RememberAsync(MappedTable target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        planned[target.Entry] =
            await LeafList.ReadAsync(databases, target, cancellationToken)
            ?? new LeafList(0, new Dictionary<long, LeafState>());
    }

    /// <summary>
    /// Returns what changed since the leaves were remembered, and remembers new leaves; null where the table is gone.
    /// </summary>
    public async Task<LeafChange?> LookAsync(MappedTable target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await LeafList.ReadAsync(databases, target, cancellationToken) is not { } now)
            return null;
        var change = now.Since(planned[target.Entry]);
        if (!change.IsOther)
            planned[target.Entry] = now;
        return change;
    }
}
