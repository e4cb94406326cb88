using System.Text.Json;
using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.Coordination.Saga;

/// <summary>One rotation, as the saga keeps it between two messages. Aggregates only: what it covers is in the ledger.</summary>
public sealed class Rotation : SagaStateMachineInstance
{
    /// <summary>Longest age of the totals: time to resume the application's workers and to send the message.</summary>
    internal static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    public Guid CorrelationId { get; set; }
    public string State { get; set; } = "";
    public string RequestedBy { get; set; } = "";
    public bool Embedded { get; set; }
    public string[] Scopes { get; set; } = [];

    /// <summary>Null: all tenants.</summary>
    public string[]? Tenants { get; set; }

    public int TargetVersion { get; set; }
    public string TargetFingerprint { get; set; } = "";
    public string MapHash { get; set; } = "";
    public int BatchSize { get; set; }
    public bool AllowDowngrade { get; set; }

    /// <summary>The current sweep, from 1; 0 before the first.</summary>
    public int Sweep { get; set; }

    /// <summary>The last sweep that is known to have no open partition left.</summary>
    public int SettledSweep { get; set; }

    /// <summary>The last sweep whose verification is known to have no open partition left.</summary>
    public int VerifiedSweep { get; set; }

    /// <summary>Sweeps in a row after which more than half of the rows were left.</summary>
    public int IdleSweeps { get; set; }

    /// <summary>The fewest rows that a census found left to do; null before the first.</summary>
    public long? LeftRows { get; set; }

    /// <summary>Whether the sweep is an operator's retry, which tries recorded failures again.</summary>
    public bool Retrying { get; set; }

    /// <summary>What the retry is narrowed to; empty lists narrow nothing.</summary>
    public string[] RetryScopes { get; set; } = [];
    public string[] RetryTenants { get; set; } = [];
    public string[] RetryErrors { get; set; } = [];

    /// <summary>How much is decrypted again; empty for the default.</summary>
    public string Verify { get; set; } = "";

    /// <summary>Whether the circuit breaker has tripped before: it does so once.</summary>
    public bool BreakerOff { get; set; }

    /// <summary>State in which a paused rotation resumes.</summary>
    public string? PausedIn { get; set; }

    /// <summary>State in which a rotation resumes when its gates hold again; null before the first sweep.</summary>
    public string? GateLostIn { get; set; }

    /// <summary>Whether the application's workers are paused before the first sweep.</summary>
    public bool PauseWorkers { get; set; }

    /// <summary>JSON array of the gates that need not hold, with the operator's reasons.</summary>
    public string IgnoredGates { get; set; } = "[]";

    /// <summary>When the newest snapshot was taken, as the operator stated.</summary>
    public DateTime? SnapshotTakenAt { get; set; }

    /// <summary>What holds the rotation up, or why it ended; for the operator.</summary>
    public string? Reason { get; set; }

    /// <summary>Whether the closing totals are written.</summary>
    public bool Concluded { get; set; }

    /// <summary>The control requests that it has handled lately.</summary>
    public string[] Steerings { get; set; } = [];

    /// <summary>JSON of the census after a sweep, as it was written under the guard; null before the first.</summary>
    public string? Census { get; set; }

    /// <summary>Seal of the census.</summary>
    public string? CensusSeal { get; set; }

    /// <summary>JSON of the closing totals, as they were written under the guard; null before.</summary>
    public string? Summary { get; set; }

    /// <summary>Seal of the closing totals.</summary>
    public string? SummarySeal { get; set; }

    /// <summary>Position of its newest event in the audit log; every change of state advances it.</summary>
    public long? AuditSequence { get; set; }

    /// <summary>When the message was received, by the database's clock.</summary>
    public DateTime HeardAt { get; set; }

    /// <summary>Proof that a saga wrote the row; null where an earlier release wrote it.</summary>
    public string? Seal { get; set; }

    /// <summary>The census after the current sweep; null where it is not written.</summary>
    internal ClosingCensus? Counted() =>
        Census is not null
        && JsonSerializer.Deserialize<ClosingCensus>(Census) is { } census
        && census.Sweep == Sweep
            ? census
            : null;

    /// <summary>
    /// The totals of the current sweep and state, cancelled or not as the rotation is. Null where they are not written,
    /// or are so old that the rows may have changed: a nudge has them written again.
    /// </summary>
    internal ClosingSummary? Closing() =>
        Summary is not null
        && JsonSerializer.Deserialize<ClosingSummary>(Summary) is { } closing
        && closing.Sweep == Sweep
        && closing.Cancelled == (State == RotationState.Cancelled)
        && closing.AuditSequence == AuditSequence
        && closing.Rules == ClosingSummary.CurrentRules
        && IsGood(HeardAt - closing.WrittenAt)
            ? closing
            : null;

    /// <summary>
    /// Whether totals of that age count. Where the clock was set back since they were written, nobody knows their age.
    /// </summary>
    internal static bool IsGood(TimeSpan? age) => age >= TimeSpan.Zero && age <= GoodFor;

    /// <summary>Whether a cancel ends it, or finds it cancelled with its totals still to be written.</summary>
    internal bool LeadsToCancelled() =>
        State is not (RotationState.Completed or RotationState.CompletedWithFailures or RotationState.Faulted)
        && !(State == RotationState.Cancelled && Concluded);

    internal Rotation Copy() => (Rotation)MemberwiseClone();

    internal void FillIn(StartRotation start)
    {
        RequestedBy = start.RequestedBy;
        Embedded = start.Embedded;
        Scopes = [.. start.Scopes];
        Tenants = start.Tenants.Count == 0 ? null : [.. start.Tenants];
        TargetVersion = start.TargetVersion;
        TargetFingerprint = start.TargetFingerprint;
        MapHash = start.MapHash;
        BatchSize = start.BatchSize;
        AllowDowngrade = start.AllowDowngrade;
        Verify = start.Verify;
        PauseWorkers = start.PauseWorkers;
        IgnoredGates = JsonSerializer.Serialize(start.IgnoredGates);
        SnapshotTakenAt = start.SnapshotTakenAt?.UtcDateTime;
    }

    /// <summary>Begins the sweep after a census with so many rows left; null before the first census.</summary>
    internal void NextSweep(long? left)
    {
        Sweep++;
        if (left is null)
            return;
        // An application that keeps writing the old version leaves now more rows and now fewer: only half of the fewest
        // so far counts as progress.
        IdleSweeps = LeftRows is null || left <= LeftRows / 2 ? 0 : IdleSweeps + 1;
        LeftRows = Math.Min(left.Value, LeftRows ?? left.Value);
        Retrying = false;
        Reason = null;
    }

    /// <summary>An operator's retry: everything is checked and counted again, and failures are tried again.</summary>
    internal void StartOver(RetryRotation retry)
    {
        Retrying = true;
        RetryScopes = [.. retry.Scopes];
        RetryTenants = [.. retry.Tenants];
        RetryErrors = [.. retry.Errors];
        Concluded = false;
        BreakerOff = true; // most of what is left failed before, and the operator knows
        IdleSweeps = 0;
        LeftRows = null;
        GateLostIn = null;
        Reason = null;
    }

    /// <summary>The command of the current state and its queue; null where the state sends none.</summary>
    internal (string Queue, object Command)? Command() =>
        State switch
        {
            RotationState.Checking => (Queues.CheckRotation, new CheckRotation(CorrelationId, Goal())),
            RotationState.AwaitingGates => (Queues.CheckGates, new CheckGates(CorrelationId, Goal())),
            RotationState.Planning => (
                Queues.PlanRotation,
                new PlanRotation(
                    CorrelationId,
                    Sweep,
                    IdleSweeps,
                    Retrying ? new RetriedRows(RetryScopes, RetryTenants, RetryErrors) : null,
                    Goal()
                )
            ),
            RotationState.Rotating when SettledSweep == Sweep => (
                Queues.CountRows,
                new CountRows(CorrelationId, Sweep, Goal())
            ),
            RotationState.Verifying when VerifiedSweep == Sweep => (
                Queues.ConcludeRotation,
                Conclusion(false)
            ),
            RotationState.Verifying => (
                Queues.PlanVerification,
                new PlanVerification(CorrelationId, Sweep, Goal())
            ),
            RotationState.Cancelled when !Concluded => (Queues.ConcludeRotation, Conclusion(true)),
            _ => null,
        };

    private ConcludeRotation Conclusion(bool cancelled) => new(CorrelationId, Sweep, cancelled, Goal());

    private RotationGoal Goal() =>
        new()
        {
            Scopes = Scopes,
            Tenants = Tenants ?? [],
            TargetVersion = TargetVersion,
            Verify = Verify,
            MapHash = MapHash,
            TargetFingerprint = TargetFingerprint,
        };
}
