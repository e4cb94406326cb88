using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.DryRuns;
using RotationMesh.LocalOperations.Examining;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Retiring;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>
/// Runs inspections in this process, on the databases of its own map. It asks for the key ring when it needs it,
/// which throws <see cref="UsageException"/> where the keys are at fault.
/// </summary>
public sealed class LocalInspections(
    RotationMap map,
    Func<KeyRing> ring,
    ApplicationDatabases databases,
    EnvelopeFormats formats,
    ControlDatabase control,
    IExternalStores? stores = null
) : IInspections
{
    /// <summary>Rows of so many partitions are decrypted at a time by a coordinator that is not told how many.</summary>
    internal const int MostInCoordinator = 4;

    /// <summary>Whether workers of a mesh run the rotations: the doctor reports then that none is there.</summary>
    public bool WorkersAreExpected { get; init; }

    /// <summary>Gives what this process finds in itself, such as how it stands with its broker.</summary>
    public Func<IReadOnlyList<Finding>> Own { get; init; } = () => [];

    // A coordinator decrypts beside its own work, in a container that may see all processors of its node.
    private int Workers =>
        WorkersAreExpected
            ? Math.Min(Environment.ProcessorCount, MostInCoordinator)
            : Environment.ProcessorCount;

    private SchemaCheck Schema => new(databases, formats, stores);

    /// <inheritdoc/>
    public async Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        var keys = ring();
        var start = new OrderCheck(map, keys).Check(order);
        var workers = order.Workers ?? Workers;
        var report = await ProgressReports.WhileAsync(
            progress,
            now =>
                new DryRun(map, keys, databases, Schema, control, now).RunAsync(
                    start,
                    workers,
                    cancellationToken
                )
        );
        return RotationDocuments.Of(report) with { MapHash = start.MapHash };
    }

    /// <inheritdoc/>
    public async Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Share is not (null or (> 0 and <= 1)))
            throw new UsageException($"the share to verify is {order.Share}: it must be above 0 and up to 1");
        var report = await ProgressReports.WhileAsync(
            progress,
            now =>
                new TableVerification(ring(), databases, Schema, now).RunAsync(
                    Tables(order.Rows),
                    new VerificationRequest
                    {
                        Tenants = Tenants(order.Rows),
                        Share = rows => order.Share is { } share ? SampleShare.Of(share, rows) : null,
                        Workers = order.Workers ?? Workers,
                    },
                    cancellationToken
                )
        );
        var retired = await RetiredAsync(order.Rows, cancellationToken);
        var document = InspectionDocuments.Of(report);
        var trust = new CountTrust(databases, Schema);
        return document with
        {
            Ok = document.Ok && retired.Count == 0,
            Limits = SelectionLimits.Of(map, Tables(order.Rows), Tenants(order.Rows), order.Share),
            Retired = retired,
            Standbys = await trust.StandbysAsync(Tables(order.Rows), cancellationToken),
            Notes =
            [
                .. report.Strays.Select(stray => stray.Explain()),
                .. document.Totals.Rows == 0 ? [RotationDocuments.NoRow] : Array.Empty<string>(),
                .. report.Notes,
                .. await trust.NotesAsync(
                    Tables(order.Rows),
                    Tenants(order.Rows),
                    document.Scopes.ToDictionary(
                        table => new TableName(table.Scope, table.Database, table.Table),
                        table => table.Rows
                    ),
                    cancellationToken
                ),
            ],
        };
    }

    /// <inheritdoc/>
    public async Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken)
    {
        var census = new RowCensus(databases, Schema);
        var counted = await census.CountAsync(Tables(selection), Tenants(selection), cancellationToken);
        var document = InspectionDocuments.Of(counted);
        var trust = new CountTrust(databases, Schema);
        return document with
        {
            Limits = SelectionLimits.Of(map, Tables(selection), Tenants(selection)),
            Retired = await RetiredAsync(selection, cancellationToken),
            Standbys = await trust.StandbysAsync(Tables(selection), cancellationToken),
            Notes = await trust.NotesAsync(
                Tables(selection),
                Tenants(selection),
                document.Scopes.ToDictionary(
                    table => new TableName(table.Scope, table.Database, table.Table),
                    table => table.Rows
                ),
                cancellationToken
            ),
        };
    }

    // Counts only where some version is out of service.
    private async Task<IReadOnlyList<RetiredUseDocument>> RetiredAsync(
        RowSelection selection,
        CancellationToken cancellationToken
    )
    {
        var retired = await new RetiredKeyStore(control).ListAsync(cancellationToken);
        if (retired.Count == 0)
            return [];
        var targets = (
            await Schema.CheckAsync(Tables(selection), forWriting: false, cancellationToken)
        ).OrThrow();
        var counted = await new TableCensus(databases).CountAsync(
            targets,
            Tenants(selection),
            cancellationToken
        );
        return [.. counted.SelectMany(table => RetiredUse.Of(table, retired))];
    }

    /// <inheritdoc/>
    public async Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken)
    {
        var keys = ring();
        var check = new RetirementCheck(map, keys, databases, Schema, control);
        var versions = await check.ExamineAsync(
            null,
            lasting: false,
            awaiting: false,
            rows => VerificationShare.Default.Of(rows) is < 1 and var share ? share : null,
            new RotationProgress(),
            cancellationToken
        );
        return new KeysDocument(keys.CurrentVersion, versions)
        {
            Counted = check.Counted ?? 0,
            Decrypted = check.Verified,
            Empty = check.Empty,
            Notes = check.Notes,
            DetachedLeaves = check.DetachedLeaves,
        };
    }

    /// <inheritdoc/>
    public async Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken)
    {
        var doctor = new Doctor(map, databases, Schema, formats, control)
        {
            WorkersAreExpected = WorkersAreExpected,
        };
        IReadOnlyList<Finding> findings =
        [
            .. await doctor.ExamineAsync(ring, scan, cancellationToken),
            .. Own(),
        ];
        return new DoctorDocument(findings.All(finding => finding.Verdict != Verdict.Bad), findings)
        {
            Scans = doctor.Scans,
        };
    }

    private List<TableEntry> Tables(RowSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return
        [
            .. ScopeSelection.Choose(map, selection.Only, selection.Skip).SelectMany(scope => scope.Tables),
        ];
    }

    private static IReadOnlyList<string>? Tenants(RowSelection selection) =>
        selection.Tenants.Count == 0 ? null : [.. selection.Tenants.Distinct()];
}
