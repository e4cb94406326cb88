using RotationMesh.Core.Gates;
using RotationMesh.Engine;
using RotationMesh.Engine.Gating;
using RotationMesh.Gates;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Mesh.Embedding;

/// <summary>The gates before an embedded rotation starts: nothing is written before all of them hold.</summary>
internal sealed class GateEntrance(MeshParts parts, RotationProgress progress)
{
    /// <summary>
    /// Returns when the gates hold; jobs that still run are waited for. Throws <see cref="GateClosedException"/> where a
    /// gate does not hold and waiting can't help.
    /// </summary>
    public async Task EnsureOpenAsync(GateTerms terms, CancellationToken cancellationToken)
    {
        var ignored = GateNames.Of(parts.Map.Gates, terms.Ignored.Select(gate => gate.Gate));
        var verdicts = await parts.Gates.AwaitAsync(terms.Occasion, ignored, Show, cancellationToken);
        GateVerdict[] lost =
        [
            .. verdicts.Where(verdict => !verdict.Holds && !ignored.Contains(verdict.Gate)),
        ];
        if (lost.Length > 0)
            throw new GateClosedException(lost);
        (progress.Phase, progress.Reason) = ("Checking", null);
    }

    /// <summary>
    /// The same, after the workers were paused. What was paused stays paused where it throws: the operator decides.
    /// </summary>
    public async Task PauseAndEnsureOpenAsync(
        RunningRotation rotation,
        GateTerms terms,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await new QueuePauses(parts.Gates, parts.Control).PauseAsync(
                rotation.RotationId,
                rotation.RequestedBy ?? "",
                cancellationToken
            );
            await EnsureOpenAsync(terms, cancellationToken);
        }
        catch (GateClosedException closed)
        {
            var paused = await new PausedQueueStore(parts.Control.Source).ListAsync(
                rotation.RotationId,
                cancellationToken
            );
            throw new GateClosedException(closed.Lost, Remark(paused));
        }
    }

    private static string? Remark(IReadOnlyList<PausedQueueNote> paused) =>
        paused.Count == 0
            ? null
            : $"these queues stay paused: {string.Join(", ", paused.Select(note => note.Queue))}; resume them with 'rotationmesh workers resume'";

    private void Show(GateVerdict lost) =>
        (progress.Phase, progress.Reason) = ("AwaitingGates", lost.ToString());
}
