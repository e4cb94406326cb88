using Microsoft.Extensions.Logging;
using Npgsql;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Saga;
using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// Records the changes of rotations in the audit log: who started one and how, every change of state and why, and the
/// closing totals. The newest event is noted with the rotation. All in the transaction that changes the rotation: exactly
/// once, also where a message is delivered twice or a process dies.
/// </summary>
internal sealed class RotationAudit(AuditLog audit, ILogger<RotationAudit> log)
{
    private const string Withdrawn = $"{WithdrawnStarts.Fault} an operator";

    /// <summary>
    /// Called before the rotation is loaded. False for a start that was withdrawn, or that has begun a rotation before whose
    /// row was deleted: the message is ignored.
    /// </summary>
    public async Task<bool> MayHearAsync(
        NpgsqlTransaction transaction,
        object message,
        CancellationToken cancellationToken
    )
    {
        if (message is not StartRotation { RotationId: var id })
            return true;
        if (await WithdrawnStarts.IsWithdrawnAsync(transaction, id, cancellationToken))
            MeshLog.LeftAlone(log, id, Withdrawn);
        else if (await BegunRotations.IsGoneAsync(transaction, id, cancellationToken))
            MeshLog.LeftAlone(log, id, BegunRotations.Fault);
        else
            return true;
        return false;
    }

    /// <summary>
    /// Called after the row is written, and before the commit; <paramref name="before"/> is null for a new rotation. An
    /// exception rolls the rotation back. Returns what to do after the commit; null for nothing.
    /// </summary>
    public async Task<Action?> RecordAsync(
        NpgsqlTransaction transaction,
        Rotation? before,
        Rotation after,
        object message,
        CancellationToken cancellationToken
    )
    {
        var appended = new List<AuditEvent>();
        if (before is null && message is StartRotation start)
            await AppendAsync(AuditKind.RotationStarted, after.RequestedBy, Started(start));
        else if (before is not null && before.State != after.State)
            await AppendAsync(AuditKind.StateChanged, Actor(message), Changed(before, after, message));
        if (before is { Concluded: false } && after.Concluded && after.Closing() is { } closing)
            await AppendAsync(AuditKind.RotationEnded, AuditEntry.Program, Ended(after.State, closing));

        if (appended.Count == 0)
            return null;
        await AuditMarks.NoteAsync(transaction, appended[^1], cancellationToken);
        return () => appended.ForEach(audit.Committed);

        async Task AppendAsync(AuditKind kind, string actor, object details)
        {
            var entry = AuditEntry.Of(kind, after.CorrelationId, actor, details);
            appended.Add(await audit.AppendAsync(transaction, entry, cancellationToken));
        }
    }

    private static string Actor(object message) =>
        message switch
        {
            PauseRotation asked => asked.RequestedBy,
            ResumeRotation asked => asked.RequestedBy,
            CancelRotation asked => asked.RequestedBy,
            RetryRotation asked => asked.RequestedBy,
            _ => AuditEntry.Program,
        };

    private static RotationStartedDetails Started(StartRotation start) =>
        new()
        {
            CommandLine = start.CommandLine,
            TargetVersion = start.TargetVersion,
            TargetFingerprint = start.TargetFingerprint,
            MapHash = start.MapHash,
            Scopes = start.Scopes,
            Tenants = NullIfEmpty(start.Tenants),
            BatchSize = start.BatchSize,
            AllowDowngrade = start.AllowDowngrade,
            PauseWorkers = start.PauseWorkers,
            IgnoredGates =
                start.IgnoredGates.Count == 0
                    ? null
                    : start
                        .IgnoredGates.GroupBy(gate => gate.Gate)
                        .ToDictionary(gate => gate.Key, gate => gate.Last().Reason),
        };

    private static StateChangedDetails Changed(Rotation before, Rotation after, object message)
    {
        var retry = message as RetryRotation;
        return new StateChangedDetails
        {
            From = before.State,
            To = after.State,
            Sweep = after.Sweep,
            Reason = after.Reason,
            Scopes = NullIfEmpty(retry?.Scopes),
            Tenants = NullIfEmpty(retry?.Tenants),
            Errors = NullIfEmpty(retry?.Errors),
        };
    }

    private static RotationEndedDetails Ended(string state, ClosingSummary closing) =>
        new()
        {
            State = state,
            Rows = closing.Tables.Sum(table => table.Rows),
            Rotated = closing.Tables.Sum(table => table.Rotated),
            Current = closing.Tables.Sum(table => table.Current),
            External = closing.Tables.Sum(table => table.External),
            Failed = closing.Tables.Sum(table => table.Failed),
            Conflicts = closing.Tables.Sum(table => table.Conflicts),
            Verified = closing.Verified,
            Empty = closing.Tables.Sum(table => table.Empty),
            FailedPartitions = closing.FailedPartitions,
        };

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string>? names) =>
        names is { Count: > 0 } ? names : null;
}
