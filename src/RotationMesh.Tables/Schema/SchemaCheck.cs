using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;

namespace RotationMesh.Tables.Schema;

/// <summary>Checks the map's tables against the live databases before anything else is read or written.</summary>
public sealed class SchemaCheck(
    ApplicationDatabases databases,
    EnvelopeFormats formats,
    IExternalStores? stores = null
)
{
    private readonly SharedTables shared = new(databases);

    private const string ReadOnlyFix = "point the map at the primary, with a role that may write";

    /// <summary>
    /// Finds each table, checks its columns, types, unique key, privileges and row-level security, and returns the faults of
    /// all tables. With <paramref name="forWriting"/> the right to update is checked as well. Throws
    /// <see cref="NpgsqlException"/> if a database can't be reached.
    /// </summary>
    public Task<SchemaReport> CheckAsync(
        IEnumerable<TableEntry> entries,
        bool forWriting,
        CancellationToken cancellationToken
    ) => CheckAsync(entries, forWriting, null, cancellationToken);

    /// <summary>
    /// Checks the tables for a rotation, real or dry, to <paramref name="targetVersion"/>, which must fit into the version columns.
    /// </summary>
    public async Task<SchemaReport> CheckAsync(
        IEnumerable<TableEntry> entries,
        bool forWriting,
        int? targetVersion,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(entries);
        var all = entries.ToList();
        var targets = new List<MappedTable>();
        var faults = new List<SchemaFault>();
        var locked = new LockedTables(databases) { ForWriting = forWriting };
        foreach (var database in all.GroupBy(entry => entry.Database))
        {
            await using var connection = await databases.OpenReadingAsync(database.Key, cancellationToken);
            if (forWriting && await new Catalog(connection, cancellationToken).IsReadOnlyAsync())
                faults.Add(
                    new(database.First(), "the database is read-only (a standby?)", ReadOnlyFix)
                    {
                        MayPass = true,
                    }
                );
            foreach (var entry in database)
            {
                var check = new TableCheck(connection, entry, forWriting, targetVersion, cancellationToken);
                var shape = await locked.OrExplainAsync([entry], check.RunAsync, cancellationToken);
                faults.AddRange(check.Faults);
                if (shape is not null)
                    targets.Add(new MappedTable(entry, shape, formats, Store(entry)));
            }
        }

        faults.AddRange(await shared.FindAsync(all, cancellationToken));
        return new SchemaReport(targets, faults);
    }

    private IExternalStore? Store(TableEntry entry) =>
        entry.ExternalStore is not { } store ? null
        : stores is not null ? stores.Open(store)
        : throw new InvalidOperationException("this program was composed without external stores");
}

/// <summary>The tables that passed the checks, and the faults of the others.</summary>
public sealed record SchemaReport(IReadOnlyList<MappedTable> Targets, IReadOnlyList<SchemaFault> Faults)
{
    /// <summary>Returns all tables. Throws <see cref="UsageException"/> with every fault if there is one.</summary>
    public IReadOnlyList<MappedTable> OrThrow() =>
        Faults.Count == 0 ? Targets : throw new UsageException(string.Join(Environment.NewLine, Faults));
}
