using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Engine.Operating;

/// <summary>
/// Inspections by this process on the databases of its own map. The key ring is asked for when it is needed, and throws
/// <see cref="Core.UsageException"/> where the keys are at fault.
/// </summary>
public sealed class LocalInspections(
    RotationMap map,
    Func<KeyRing> ring,
    TargetDatabases databases,
    EnvelopeFormats formats,
    ControlDatabase control
) : IInspections
{
    private SchemaCheck Schema => new(databases, formats);

    /// <inheritdoc/>
    public async Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        var keys = ring();
        var request = new OrderCheck(map, keys).Request(order, dryRun: true);
        var report = await ProgressReports.WhileAsync(
            progress,
            now => new DryRun(keys, databases, Schema, now).RunAsync(request, cancellationToken)
        );
        return RotationDocuments.Of(report);
    }

    /// <inheritdoc/>
    public async Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(order);
        var report = await ProgressReports.WhileAsync(
            progress,
            now =>
                new TableVerification(ring(), databases, Schema, now).RunAsync(
                    Tables(order.Rows),
                    new VerificationRequest
                    {
                        Tenants = Tenants(order.Rows),
                        Share = _ => order.Share,
                        Workers = order.Workers ?? Environment.ProcessorCount,
                    },
                    cancellationToken
                )
        );
        return InspectionDocuments.Of(report);
    }

    /// <inheritdoc/>
    public async Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken)
    {
        var census = new RowCensus(databases, Schema);
        var counted = await census.CountAsync(Tables(selection), Tenants(selection), cancellationToken);
        return InspectionDocuments.Of(counted);
    }

    /// <inheritdoc/>
    public async Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken)
    {
        var keys = ring();
        var versions = await new KeyUsage(keys, databases, Schema).CountAsync(map, cancellationToken);
        return new KeysDocument(keys.CurrentVersion, versions);
    }

    /// <inheritdoc/>
    public async Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken)
    {
        var findings = await new Doctor(map, databases, formats, control).ExamineAsync(
            ring,
            scan,
            cancellationToken
        );
        return new DoctorDocument(findings.All(finding => finding.Verdict != Verdict.Bad), findings);
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
