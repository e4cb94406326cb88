using System.Collections.Concurrent;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.Operations.Documents;

namespace RotationMesh.Coordination.Gating;

/// <summary>Checks the gates for a rotation, on its operator's terms.</summary>
internal sealed class GateLook(GateSet gates, RotationMap map, ControlDatabase control, AuditLog audit)
{
    private readonly GateTermsStore store = new(control);
    private readonly ConcurrentDictionary<Guid, bool> looking = [];

    /// <summary>
    /// Checks the gates of a rotation, and passes the first one that does not hold, or null, to <paramref name="answer"/>.
    /// Before the first row is written, it pauses the workers on request and checks every gate; afterwards it checks only
    /// the watched ones. Does nothing where this process is checking them already: a gate may take longer than a nudge.
    /// </summary>
    public async Task CheckAsync(
        Guid rotationId,
        Func<GateVerdict?, Task> answer,
        CancellationToken cancellationToken
    )
    {
        if (!looking.TryAdd(rotationId, true))
            return;
        try
        {
            await answer(await FindLostAsync(rotationId, cancellationToken));
        }
        finally
        {
            looking.TryRemove(rotationId, out _);
        }
    }

    /// <summary>
    /// Returns the first of these verdicts by which a gate does not hold, on the terms of a rotation that has begun; null
    /// where there is none.
    /// </summary>
    public async Task<GateVerdict?> FindLostAsync(
        Guid rotationId,
        IReadOnlyList<GateVerdict> verdicts,
        CancellationToken cancellationToken
    ) =>
        verdicts.Count > 0 && await store.FindAsync(rotationId, cancellationToken) is { Begun: true } stored
            ? await JudgeAsync(rotationId, stored, verdicts, cancellationToken)
            : null;

    private async Task<GateVerdict?> FindLostAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        if (gates.All.Count == 0 || await store.FindAsync(rotationId, cancellationToken) is not { } stored)
            return null;
        var terms = stored.Terms;
        try
        {
            if (terms.PauseWorkers && !stored.Begun)
                await new QueuePauses(gates, control).PauseAsync(
                    rotationId,
                    stored.RequestedBy ?? "",
                    cancellationToken
                );
        }
        catch (GateClosedException closed)
        {
            return closed.Lost[0];
        }

        var verdicts = stored.Begun
            ? await gates.WatchAsync(terms.Occasion, cancellationToken)
            : await gates.LookAsync(terms.Occasion, cancellationToken);
        return await JudgeAsync(rotationId, stored, verdicts, cancellationToken);
    }

    private async Task<GateVerdict?> JudgeAsync(
        Guid rotationId,
        StoredTerms stored,
        IReadOnlyList<GateVerdict> verdicts,
        CancellationToken cancellationToken
    )
    {
        var terms = stored.Terms;
        var ignored = GateNames.Of(map.Gates, terms.Ignored.Select(gate => gate.Gate));
        await new GateAudit(control, audit).RecordAsync(
            rotationId,
            [
                .. verdicts.Select(verdict => new GateCheckedDetails
                {
                    Gate = verdict.Gate,
                    Outcome =
                        verdict.Holds ? GateOutcome.Holds
                        : ignored.Contains(verdict.Gate) ? GateOutcome.Overridden
                        : GateOutcome.Lost,
                    Reason =
                        !verdict.Holds && ignored.Contains(verdict.Gate)
                            ? Why(terms, verdict)
                            : verdict.Reason,
                }),
            ],
            stored.RequestedBy ?? AuditEntry.Program,
            cancellationToken
        );
        return verdicts.FirstOrDefault(verdict => !verdict.Holds && !ignored.Contains(verdict.Gate));
    }

    // A gate is named by its own name, or with all workers by their section.
    private string Why(GateTerms terms, GateVerdict verdict) =>
        terms.Ignored.Last(gate => GateNames.Of(map.Gates, [gate.Gate]).Contains(verdict.Gate)).Reason;
}
