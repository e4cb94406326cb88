using System.Text.Json;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Api.Limits;

/// <summary>
/// Runs inspections of whole tables, one of each kind at a time. Callers with the same question share one answer, so that a
/// viewer uses the connections of one inspection, however often it asks.
/// </summary>
internal sealed class SharedInspections(IInspections inspections, IReports reports, IAuditTrail audit)
    : IDisposable
{
    private readonly SharedAnswers<string, CensusDocument> censuses = new("a census");
    private readonly SharedAnswers<string, KeysDocument> keys = new("the keys");
    private readonly SharedAnswers<bool, DoctorDocument> doctors = new("the doctor");
    private readonly SharedAnswers<Guid, ReportDocument> reported = new("a report");
    private readonly SharedAnswers<string, AuditVerdictDocument> audits = new("the check of the audit log");
    private readonly SemaphoreSlim dryRun = new(1);
    private readonly SemaphoreSlim verification = new(1);

    public Task<CensusDocument> CountAsync(RowSelection selection, CancellationToken cancellationToken) =>
        censuses.AskAsync(
            JsonSerializer.Serialize(selection),
            stop => inspections.CountAsync(selection, stop),
            cancellationToken
        );

    public Task<KeysDocument> ListKeysAsync(CancellationToken cancellationToken) =>
        keys.AskAsync("", inspections.ListKeysAsync, cancellationToken);

    public Task<DoctorDocument> ExamineAsync(bool scan, CancellationToken cancellationToken) =>
        doctors.AskAsync(scan, stop => inspections.ExamineAsync(scan, stop), cancellationToken);

    public Task<ReportDocument> ReportAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        reported.AskAsync(
            rotationId ?? Guid.Empty,
            stop => reports.ReportAsync(rotationId, stop),
            cancellationToken
        );

    public Task<AuditVerdictDocument> VerifyAuditAsync(
        string? expected,
        CancellationToken cancellationToken
    ) => audits.AskAsync(expected ?? "", stop => audit.VerifyAsync(expected, stop), cancellationToken);

    /// <summary>Runs a dry run once the previous one has ended; callers do not share it.</summary>
    public Task<RotationDocument> DryRunAsync(
        RotationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) =>
        AloneAsync(
            dryRun,
            () => inspections.DryRunAsync(order, progress, cancellationToken),
            cancellationToken
        );

    /// <summary>Runs a verification once the previous one has ended; callers do not share it.</summary>
    public Task<VerificationDocument> VerifyAsync(
        VerificationOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    ) =>
        AloneAsync(
            verification,
            () => inspections.VerifyAsync(order, progress, cancellationToken),
            cancellationToken
        );

    public void Dispose()
    {
        censuses.Dispose();
        keys.Dispose();
        doctors.Dispose();
        reported.Dispose();
        audits.Dispose();
        dryRun.Dispose();
        verification.Dispose();
    }

    private static async Task<T> AloneAsync<T>(
        SemaphoreSlim alone,
        Func<Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        await alone.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            alone.Release();
        }
    }
}
