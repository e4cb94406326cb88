using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>Holds the tables of the map against the live databases, before anything else is read or written.</summary>
public sealed class SchemaCheck(TargetDatabases databases, EnvelopeFormats formats)
{
    /// <summary>
    /// Finds each table and checks columns, types, unique key, privileges and row-level security; all faults of all
    /// tables at once. <paramref name="forWriting"/> asks for the right to update as well. Throws
    /// <see cref="NpgsqlException"/> where a database can't be reached.
    /// </summary>
    public async Task<SchemaReport> CheckAsync(
        IEnumerable<TableEntry> entries,
        bool forWriting,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(entries);
        var targets = new List<TableTarget>();
        var faults = new List<SchemaFault>();
        foreach (var database in entries.GroupBy(entry => entry.Database))
        {
            await using var connection = await databases.OpenReadingAsync(database.Key, cancellationToken);
            foreach (var entry in database)
            {
                var check = new TableCheck(connection, entry, forWriting);
                var shape = await check.RunAsync();
                faults.AddRange(check.Faults);
                if (shape is not null)
                    targets.Add(new TableTarget(entry, shape, formats));
            }
        }

        return new SchemaReport(targets, faults);
    }
}

/// <summary>The tables that may be rotated, and what is wrong with the others.</summary>
public sealed record SchemaReport(IReadOnlyList<TableTarget> Targets, IReadOnlyList<SchemaFault> Faults)
{
    /// <summary>All tables; throws <see cref="UsageException"/> that lists every fault where there is one.</summary>
    public IReadOnlyList<TableTarget> OrThrow() =>
        Faults.Count == 0 ? Targets : throw new UsageException(string.Join(Environment.NewLine, Faults));
}
