using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.Postgres.Control;

namespace RotationMesh.Engine.Gating;

/// <summary>The gates before a rotation starts: nothing is written before all of them hold.</summary>
public sealed class GateEntrance(RotationMap map, GateSet gates, ControlDatabase control)
{
    /// <summary>Hears of each gate that is waited for.</summary>
    public Action<GateVerdict> Waiting { get; init; } = _ => { };

    /// <summary>
    /// Returns when the gates hold; jobs that still run are waited for. Throws <see cref="GateClosedException"/> where a
    /// gate does not hold and waiting can't help.
    /// </summary>
    public async Task EnsureOpenAsync(GateTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var ignored = GateNames.Of(map.Gates, terms.Ignored.Select(gate => gate.Gate));
        var verdicts = await gates.AwaitAsync(terms.Occasion, ignored, Waiting, cancellationToken);
        GateVerdict[] lost =
        [
            .. verdicts.Where(verdict => !verdict.Holds && !ignored.Contains(verdict.Gate)),
        ];
        if (lost.Length > 0)
            throw new GateClosedException(lost);
    }

    /// <summary>
    /// The same, after the workers were paused for a rotation. What was paused stays paused where it throws: the operator
    /// decides.
    /// </summary>
    public async Task PauseAndEnsureOpenAsync(
        Guid rotationId,
        string requestedBy,
        GateTerms terms,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await new QueuePauses(gates, control).PauseAsync(rotationId, requestedBy, cancellationToken);
            await EnsureOpenAsync(terms, cancellationToken);
        }
        catch (GateClosedException closed)
        {
            var paused = await new PausedQueueStore(control.Source).ListAsync(rotationId, cancellationToken);
            throw new GateClosedException(closed.Lost, Remark(paused));
        }
    }

    private static string? Remark(IReadOnlyList<PausedQueueNote> paused) =>
        paused.Count == 0
            ? null
            : $"these queues stay paused: {string.Join(", ", paused.Select(note => note.Queue))}; resume them with 'rotationmesh workers resume'";
}
