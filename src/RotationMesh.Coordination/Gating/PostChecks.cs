using System.Collections.Concurrent;
using System.Diagnostics;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Coordination.Saga;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Gates.Http;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Coordination.Gating;

/// <summary>Runs the map's post-checks against the application, once its rows are rotated and verified.</summary>
internal sealed class PostChecks(RotationMap map, ControlDatabase control, AuditLog audit)
{
    private readonly ConcurrentDictionary<
        Guid,
        (int Sweep, long? AuditSequence, long At, IReadOnlyList<PostCheckDocument> Answers)
    > given = [];

    /// <summary>Which checks failed and why, in one sentence without secrets; null where none did.</summary>
    public static string? Fault(IReadOnlyList<PostCheckDocument> checks)
    {
        var failed = checks.Where(check => !check.Passed).ToList();
        return failed.Count == 0
            ? null
            : string.Join("; ", failed.Select(check => $"post-check {check.Name} failed: {check.Reason}"));
    }

    /// <summary>
    /// Returns the answers after that sweep and event of the audit log: after a pause the application may be another one. It
    /// runs all checks once, concurrently, and appends the answers to the audit log; the end of the rotation may still have
    /// to wait. The checks are GET requests, so a repeat after a crash does no harm.
    /// </summary>
    public async Task<IReadOnlyList<PostCheckDocument>> AskAsync(
        Guid rotationId,
        int sweep,
        long? auditSequence,
        CancellationToken cancellationToken
    )
    {
        if (
            given.TryGetValue(rotationId, out var before)
            && (before.Sweep, before.AuditSequence) == (sweep, auditSequence)
            && Stopwatch.GetElapsedTime(before.At) <= Rotation.GoodFor
        )
            return before.Answers;
        var asked = Stopwatch.GetTimestamp();
        var answers = await AskAsync(rotationId, cancellationToken);
        given[rotationId] = (sweep, auditSequence, asked, answers);
        return answers;
    }

    /// <summary>Drops the answers: they are kept with the rotation from now on, or rows have come since.</summary>
    public void Forget(Guid rotationId) => given.TryRemove(rotationId, out _);

    private async Task<IReadOnlyList<PostCheckDocument>> AskAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        var answers = await Task.WhenAll(map.PostChecks.Select(check => AskAsync(check, cancellationToken)));
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var appended = new List<AuditEvent>();
        foreach (var answer in answers)
            appended.Add(
                await audit.AppendAsync(
                    transaction,
                    AuditEntry.Of(
                        AuditKind.PostChecked,
                        rotationId,
                        AuditEntry.Program,
                        new PostCheckedDetails
                        {
                            Check = answer.Name,
                            Passed = answer.Passed,
                            Reason = answer.Reason,
                        }
                    ),
                    cancellationToken
                )
            );
        await transaction.CommitAsync(cancellationToken);
        appended.ForEach(audit.Committed);
        return answers;
    }

    private static async Task<PostCheckDocument> AskAsync(
        PostCheckEntry check,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var fault = await HttpCheck.FindFaultAsync(check.Expectation, cancellationToken);
            return new PostCheckDocument(check.Name, fault is null, fault);
        }
        catch (UsageException unset)
        {
            // This coordinator lacks the variable; the one that checked the rotation had it.
            return new PostCheckDocument(check.Name, Passed: false, unset.Message);
        }
    }
}
