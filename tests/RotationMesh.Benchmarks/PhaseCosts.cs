namespace RotationMesh.Benchmarks;

/// <summary>What each phase of one rotation cost. A phase that comes again, as after a second sweep, is added up.</summary>
internal sealed class PhaseCosts
{
    private readonly Dictionary<RotationPhase, PhaseSeconds> phases = [];
    private readonly PhaseSeconds first;
    private PhaseSeconds last;

    /// <summary>Begins with the reading before the first phase.</summary>
    public PhaseCosts(PhaseSeconds first) => this.first = last = first;

    /// <summary>All phases together.</summary>
    public PhaseSeconds Whole => last.Since(first);

    /// <summary>What a phase cost; nothing where it was not seen.</summary>
    public PhaseSeconds this[RotationPhase phase] => phases.GetValueOrDefault(phase);

    /// <summary>Ends a phase with a reading: what lies since the reading before is the phase's.</summary>
    public void Add(RotationPhase phase, PhaseSeconds now)
    {
        phases[phase] = this[phase].Plus(now.Since(last));
        last = now;
    }
}
