using RotationMesh.Core;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Checks the policies of tables again after a count: a policy created during the count may have hidden rows from it.
/// </summary>
public sealed class PolicyLook(ApplicationDatabases databases)
{
    /// <summary>
    /// Throws <see cref="UsageException"/> if rows may be hidden now, or if row-level security was switched on or off for this
    /// role. A dropped table hides nothing.
    /// </summary>
    public async Task EnsureSameAsync(IReadOnlyList<MappedTable> targets, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(targets);
        var faults = new List<SchemaFault>();
        foreach (var database in targets.GroupBy(target => target.Entry.Database))
        {
            await using var connection = await databases.OpenReadingAsync(database.Key, cancellationToken);
            var catalog = new Catalog(connection, cancellationToken);
            foreach (var target in database)
            {
                var entry = target.Entry;
                if (await catalog.FindTableAsync(entry.Table) is not { } table)
                    continue;
                var known = faults.Count;
                var now = await new PolicyCheck(
                    connection,
                    entry,
                    isForRotation: true,
                    (problem, fix) => faults.Add(new SchemaFault(entry, problem, fix))
                ).RunAsync(table, await catalog.LeavesAsync(table.Oid, entry.Only), cancellationToken);
                if (faults.Count == known && now.IsActive != target.ByTenant)
                    faults.Add(
                        new(
                            entry,
                            "row-level security was switched on or off for this role while it was counted",
                            "it is counted again"
                        )
                    );
            }
        }

        if (faults.Count > 0)
            throw new UsageException(string.Join(Environment.NewLine, faults));
    }
}
