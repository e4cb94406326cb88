using RotationMesh.Control;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Engine;

/// <summary>
/// Checks what must hold before a row is rewritten: schema, connections, tenants, columns, keys. It counts the rows
/// as well.
/// </summary>
internal sealed class Preparation(
    ApplicationDatabases databases,
    KeyRing ring,
    SchemaCheck schema,
    ControlDatabase control
)
{
    /// <summary>
    /// Returns the tables of the request with their opening census. Throws <see cref="UsageException"/> where
    /// something does not fit.
    /// </summary>
    public async Task<IReadOnlyList<TableRun>> PrepareAsync(
        RotationRequest request,
        CancellationToken cancellationToken
    )
    {
        var report = await schema.CheckAsync(
            request.Tables,
            forWriting: !request.Settings.DryRun,
            request.Settings.Target.Version,
            cancellationToken
        );
        await new ConnectionBudget(databases, control.Source).EnsureAsync(
            request.Tables.Select(table => table.Database),
            request.Workers,
            cancellationToken
        );
        var tables = report.OrThrow().Select(target => new TableRun(target)).ToList();
        if (request.Tenants is { } tenants)
            await new TenantLookup(databases).EnsureKnownAsync(
                [.. tables.Select(table => table.Target)],
                tenants,
                cancellationToken
            );
        var census = new TableCensus(databases);
        foreach (var table in tables)
            table.Counts = await census.CountAsync(table.Target, request.Tenants, cancellationToken);
        StrayRows.EnsureNone(tables.Select(table => (table.Target, table.Counts)));
        await ColumnFaults.EnsureNoneAsync(
            new ColumnLook(databases),
            tables.Select(table => (table.Target, table.Counts)),
            ofAllTenants: request.Tenants is null,
            cancellationToken
        );
        await ProbeAsync(tables, request.Tenants, cancellationToken);
        return tables;
    }

    private async Task ProbeAsync(
        IReadOnlyList<TableRun> tables,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var probe = new KeyProbe(databases, ring);
        var wrong = new List<ProbeResult>();
        foreach (var table in tables)
        {
            var results = await probe.ProbeAsync(table.Target, table.Counts, tenants, cancellationToken);
            table.Sampled = results;
            wrong.AddRange(
                await new KnownFailures(control).WrongKeysAsync(
                    table.Target,
                    table.Counts,
                    results,
                    cancellationToken
                )
            );
        }

        if (wrong.Count > 0)
            throw new UsageException(
                string.Join(Environment.NewLine, wrong.Select(result => result.Explain()))
            );
    }
}
