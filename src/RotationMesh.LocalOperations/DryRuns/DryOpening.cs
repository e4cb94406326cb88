using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Preflight;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.DryRuns;

/// <summary>
/// Checks before a dry run what the rotation itself would check, and counts the rows. One thing differs: a dry run needs
/// no right to write, so the lack of one is told and not refused.
/// </summary>
internal sealed class DryOpening(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control
)
{
    private readonly RotationPreflight preflight = new(map, ring, databases, control);

    /// <summary>A sentence for each reason for which the rotation itself could not write now.</summary>
    public IReadOnlyList<string> Refusals { get; private set; } = [];

    /// <summary>
    /// Returns the tables of the order with their opening census. Throws <see cref="UsageException"/> where
    /// something does not fit.
    /// </summary>
    public async Task<IReadOnlyList<TableRun>> CountAsync(
        StartRotation order,
        IReadOnlyList<string>? tenants,
        int workers,
        CancellationToken cancellationToken
    )
    {
        var version = order.TargetVersion;
        preflight.EnsureChecksKnown();
        await preflight.EnsureInServiceAsync(version, order.TargetFingerprint, cancellationToken);
        await preflight.EnsureOpenAsync(order.Scopes, version, cancellationToken);
        var entries = map.Tables.Where(entry => order.Scopes.Contains(entry.Scope)).ToList();
        var targets = await CheckAsync(entries, version, cancellationToken);
        await new ConnectionBudget(databases, control.Source).EnsureAsync(
            entries.Select(entry => entry.Database),
            workers,
            cancellationToken
        );
        var tables = targets.Select(target => new TableRun(target)).ToList();
        await preflight.EnsureTenantsAsync(tables.Select(table => table.Counted), tenants, cancellationToken);
        var census = new TableCensus(databases);
        foreach (var table in tables)
            table.Counted = new RowsByVersion(
                table.Target,
                await census.CountAsync(table.Target, tenants, cancellationToken)
            );
        var probed = await preflight.EnsureValuesAsync(
            [.. tables.Select(table => table.Counted)],
            tenants,
            cancellationToken
        );
        foreach (var (table, sample) in tables.Zip(probed))
            table.Sampled = sample;
        return tables;
    }

    private async Task<IReadOnlyList<MappedTable>> CheckAsync(
        IReadOnlyList<TableEntry> entries,
        int version,
        CancellationToken cancellationToken
    )
    {
        var reading = await schema.CheckAsync(entries, forWriting: false, version, cancellationToken);
        var tables = reading.OrThrow();
        Refusals = await FindRefusalsAsync(entries, version, cancellationToken);
        return tables;
    }

    // A table that may not be written now, such as while an index is created, may be read all the same.
    private async Task<IReadOnlyList<string>> FindRefusalsAsync(
        IReadOnlyList<TableEntry> entries,
        int version,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var writing = await schema.CheckAsync(entries, forWriting: true, version, cancellationToken);
            return [.. writing.Faults.Select(fault => $"rotate itself would be refused now: {fault}")];
        }
        catch (TableLockedException locked)
        {
            return [$"rotate itself would wait now: {locked.Message}"];
        }
    }
}
