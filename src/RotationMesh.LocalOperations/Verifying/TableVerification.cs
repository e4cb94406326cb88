using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Verifying;

/// <summary>Decrypts every row, or a sample, under the version that it claims; read-only.</summary>
public sealed class TableVerification(
    KeyRing ring,
    ApplicationDatabases databases,
    SchemaCheck schema,
    RotationProgress progress
)
{
    /// <summary>Most times that a table is read from the beginning because its rows moved while they were read.</summary>
    private const int Tries = 3;

    /// <summary>
    /// Verifies tables. Throws <see cref="UsageException"/> where the map does not fit the databases, and where the
    /// rows of a table keep moving.
    /// </summary>
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
        var leaves = new LeafWatch(databases);
        var tables = targets.ToDictionary(target => target, _ => (TableRun?)null);
        var tries = targets.ToDictionary(target => target, _ => 0);
        var whole = new HashSet<MappedTable>();
        var open = targets.Select(target => (Target: target, Only: (IReadOnlySet<SqlName>?)null)).ToList();
        while (open.Count > 0)
        {
            foreach (var (target, only) in open)
            {
                if (only is null)
                {
                    failures.Forget(target.Entry);
                    var run = new TableRun(target) { IsReadWhole = whole.Contains(target) };
                    await BeginAsync(run, leaves, ++tries[target], request, stopping);
                    tables[target] = run;
                }

                tables[target]!.Only = only;
            }

            var read = open.Select(table => tables[table.Target]!).ToList();
            if (!request.ColumnsAreJudged && tries.Values.All(times => times == 1))
                await EnsureColumnsAsync(read, request, stopping);
            progress.Phase = RotationState.Verifying;
            await new Verification(databases, ring, failures, progress).RunAsync(read, request, stopping);
            stopping.ThrowIfCancellationRequested();
            open = await LeftAsync(read, leaves, request, stopping);
            // The chosen pages of a sample held too few rows: another choice may be as poor.
            whole.UnionWith(read.Where(table => table.HasMissed).Select(table => table.Target));
        }

        var done = targets.Select(target => tables[target]!).ToList();
        await LookBesideAsync(done, request, failures, stopping);
        return new VerificationReport([.. done.Select(Totals)], failures.Kept)
        {
            Strays = [.. ColumnFaults.Strays(done.Select(table => table.Counted))],
            Notes =
            [
                .. done.SelectMany(table =>
                    table.Inline?.Counts.Select(count => $"{table.Inline.Table}: {count.Description}") ?? []
                ),
                .. ObjectsBeside.Describe(done.Select(table => table.Counted)),
                .. done.Select(table => ChangingRows.Describe(table.Target.Entry.FullName, table.Changing))
                    .OfType<string>(),
            ],
        };
    }

    private async Task BeginAsync(
        TableRun table,
        LeafWatch leaves,
        int attempt,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        if (attempt > Tries)
            throw new UsageException(
                $"table {table.Target.Entry.Shown} was written anew, or its columns, partitions or server changed, each "
                    + "time that it was decrypted: do it again when nobody rewrites it (VACUUM FULL, ALTER TABLE), renames its "
                    + "partitions or restarts its server"
            );
        table.Start = await ReadingStart.TakeAsync(databases, table.Target.Entry.Database, stopping);
        await leaves.RememberAsync(table.Target, stopping);
        await CountAsync(table, request, stopping);
    }

    private async Task CountAsync(TableRun table, VerificationRequest request, CancellationToken stopping) =>
        table.Counted = new RowsByVersion(
            table.Target,
            await new TableCensus(databases).CountAsync(table.Target, request.Tenants, stopping)
        );

    private Task EnsureColumnsAsync(
        IEnumerable<TableRun> tables,
        VerificationRequest request,
        CancellationToken stopping
    ) =>
        ColumnFaults.EnsureNoneAsync(
            new ColumnLook(databases),
            tables.Select(table => table.Counted),
            ofAllTenants: request.Tenants is null,
            stopping
        );

    // Returns the tables to read again: a whole table (null), or only its new leaves where the leaves that were read
    // are unchanged.
    private async Task<List<(MappedTable Target, IReadOnlySet<SqlName>? Only)>> LeftAsync(
        IEnumerable<TableRun> read,
        LeafWatch leaves,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        var left = new List<(MappedTable, IReadOnlySet<SqlName>?)>();
        foreach (var table in read)
        {
            var change = await leaves.LookAsync(table.Target, stopping);
            if (change is null or { IsOther: true } || table.IsMissing)
            {
                left.Add((table.Target, null));
                continue;
            }

            if (change.Added.Count > 0)
            {
                await CountAsync(table, request, stopping);
                left.Add((table.Target, change.Added));
                continue;
            }

            table.HasMissed = await HasMissedAsync(table, request, stopping);
            if (table.HasMissed)
                left.Add((table.Target, null));
        }

        return left;
    }

    private async Task<bool> HasMissedAsync(
        TableRun table,
        VerificationRequest request,
        CancellationToken stopping
    )
    {
        if (table.PassedOver is { } exact)
            return exact > 0; // such as rows of a tenant that was listed late
        var share = table.Share(request) ?? 1;
        if (MissedRows.Expected(share, table.Counted.Stored, table.Verified) is null)
            return false;
        var before = table.Counted.Stored; // some of them may have been deleted
        await CountAsync(table, request, stopping);
        return MissedRows.Expected(share, Math.Min(before, table.Counted.Stored), table.Verified) is not null;
    }

    private async Task LookBesideAsync(
        IEnumerable<TableRun> tables,
        VerificationRequest request,
        FailureLog failures,
        CancellationToken stopping
    )
    {
        if (request.ColumnsAreJudged)
            return;
        var look = new InlineLook(databases, ring);
        foreach (var table in tables)
        {
            table.Inline = await look.LookAsync(table.Target, request.Tenants, stopping);
            await failures.KeepAsync(table.Inline.Failures);
        }
    }

    // A row that fails for an envelope beside its external value was counted as external, or was verified with its
    // object.
    private static VerifiedTable Totals(TableRun table)
    {
        var external = table.Counted.External;
        var failed = table.Inline?.Failed ?? 0;
        var ofExternal = Math.Min(external, failed);
        return new VerifiedTable(
            table.Target.Entry.Scope,
            table.Target.Entry.Database,
            table.Target.Entry.Name,
            table.Counted.Rows,
            Math.Max(
                0,
                Math.Min(table.Verified, table.Counted.Stored) - table.Undecryptable - (failed - ofExternal)
            ),
            external - ofExternal,
            table.Undecryptable + failed
        )
        {
            Empty = table.Empty,
            Values = table.Values,
            Changing = table.Changing,
        };
    }
}

/// <summary>What verification found, and at most <see cref="RotationReport.MaxFailures"/> of the rows that failed.</summary>
public sealed record VerificationReport(
    IReadOnlyList<VerifiedTable> Tables,
    IReadOnlyList<RowFailure> Failures
)
{
    /// <summary>
    /// Rows that name an object of the store but are not external by the map: the object may need any key.
    /// </summary>
    public IReadOnlyList<ColumnFault> Strays { get; init; } = [];

    /// <summary>
    /// In sentences: envelopes that stand in the tables at rows whose value lives elsewhere, objects beside a value in the table,
    /// and rows that nobody verified because they kept changing.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
