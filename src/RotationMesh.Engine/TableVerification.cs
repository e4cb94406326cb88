using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.External;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Probing;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine;

/// <summary>Decrypts every row, or a sample, under the version that it claims; read-only.</summary>
public sealed class TableVerification(
    KeyRing ring,
    TargetDatabases databases,
    SchemaCheck schema,
    RotationProgress progress
)
{
    /// <summary>Times that a table is read whose partitions change meanwhile.</summary>
    private const int Tries = 3;

    /// <summary>Verifies tables. Throws <see cref="UsageException"/> where the map does not fit the databases.</summary>
    public async Task<VerificationReport> RunAsync(
        IReadOnlyList<TableEntry> entries,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        var targets = (await schema.CheckAsync(entries, forWriting: false, stopping)).OrThrow();
        if (request.Tenants is { } tenants)
            await new TenantLookup(databases).EnsureKnownAsync(targets, tenants, stopping);
        var failures = new FailureLog();
        var done = new List<TableRun>();
        for (var attempt = 1; targets.Count > 0; attempt++)
        {
            if (attempt > Tries)
                throw new UsageException(
                    $"table {targets[0].Entry.Shown} got other partitions each time that its rows were decrypted: do it again when "
                        + "nobody attaches or renames any"
                );
            var leaves = new LeafWatch(databases);
            foreach (var target in targets)
                await leaves.RememberAsync(target, stopping);
            var tables = await ReadAsync(targets, request, failures, stopping);
            var changed = new List<TableTarget>();
            foreach (var table in tables)
                if (await leaves.HasChangedAsync(table.Target, stopping))
                    changed.Add(table.Target);
                else
                    done.Add(table);
            targets = changed;
        }

        var order = entries.ToList();
        done = [.. done.OrderBy(table => order.IndexOf(table.Target.Entry))];
        return new VerificationReport([.. done.Select(Totals)], failures.Kept)
        {
            Notes =
            [
                .. done.SelectMany(table =>
                    table.Inline?.Counts.Select(count => $"{table.Inline.Table}: {count.Told}") ?? []
                ),
            ],
        };
    }

    private async Task<IReadOnlyList<TableRun>> ReadAsync(
        IReadOnlyList<TableTarget> targets,
        VerificationRequest request,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        var tables = targets.Select(target => new TableRun(target)).ToList();
        var census = new TableCensus(databases);
        foreach (var table in tables)
            table.Counts = await census.CountAsync(table.Target, request.Tenants, stopping);
        if (!request.ColumnsAreJudged)
            await ColumnFaults.EnsureNoneAsync(
                new ColumnLook(databases),
                tables.Select(table => (table.Target, table.Counts)),
                ofAllTenants: request.Tenants is null,
                stopping
            );
        progress.Phase = "Verifying";
        await new Verification(databases, ring, failures, progress).RunAsync(tables, request, stopping);
        var look = new InlineLook(databases, ring);
        if (!request.ColumnsAreJudged)
            foreach (var table in tables)
            {
                table.Inline = await look.LookAsync(table.Target, request.Tenants, stopping);
                await failures.KeepAsync(table.Inline.Failures);
            }

        stopping.ThrowIfCancellationRequested();
        return tables;
    }

    // A row that fails for what it holds beside its external value is among the external ones, or was verified with its object.
    private static VerifiedTable Totals(TableRun table)
    {
        var external = table.Counts.Where(count => count.External).Sum(count => count.Rows);
        var failed = table.Inline?.Failed ?? 0;
        var ofExternal = Math.Min(external, failed);
        return new VerifiedTable(
            table.Target.Entry.Scope,
            table.Target.Entry.Database,
            table.Target.Entry.Name,
            table.Counts.Sum(count => count.Rows),
            Math.Max(0, table.Verified - table.Undecryptable - (failed - ofExternal)),
            external - ofExternal,
            table.Undecryptable + failed
        )
        {
            Empty = table.Empty,
            Values = table.Values,
        };
    }
}

/// <summary>What verification found, and at most <see cref="RotationReport.MaxFailures"/> of the rows that failed.</summary>
public sealed record VerificationReport(
    IReadOnlyList<VerifiedTable> Tables,
    IReadOnlyList<RowFailure> Failures
)
{
    /// <summary>What stands in the tables at rows whose value lives elsewhere.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
