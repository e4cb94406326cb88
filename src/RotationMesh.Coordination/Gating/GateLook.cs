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

    /// <summary>
    /// Returns the first gate that does not hold, or null. Before the first row is written, it pauses the workers on
    /// request and checks every gate; afterwards it checks only the watched ones.
    /// </summary>
    public async Task<GateVerdict?> FindLostAsync(
        Guid rotationId,
        bool mayPause,
        CancellationToken cancellationToken
    )
    {
        if (gates.All.Count == 0 || await store.FindAsync(rotationId, cancellationToken) is not { } stored)
            return null;
        var terms = stored.Terms;
        try
        {
            if (mayPause && terms.PauseWorkers && !stored.Begun)
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
