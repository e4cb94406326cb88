using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Workers;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Postgres;

namespace RotationMesh.LocalOperations.Gating;

/// <summary>
/// Holds while enough workers of the mesh are there, and each of them last reported the map and all the keys of this
/// process; keys are compared by fingerprint.
/// </summary>
public sealed class KeysGate(KeysEntry entry, RotationMap map, Func<KeyRing> ring, ControlDatabase control)
    : IGate
{
    private const string Fix = "give every worker the map and the keys that are here, and start it again";

    /// <inheritdoc/>
    public GateEntry Entry => entry;

    /// <inheritdoc/>
    public async Task<GateVerdict> CheckAsync(GateOccasion occasion, CancellationToken cancellationToken)
    {
        var keys = ring().Keys.ToDictionary(key => key.Version, key => key.Fingerprint);
        IReadOnlyList<RegisteredWorker> present;
        try
        {
            present = await FindAsync(cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            return Lost($"the control database can't tell: {DatabaseFaults.Describe(fault)}", null);
        }

        var mapHash = MapHash.Of(map);
        foreach (var worker in present)
            if (worker.Differs(mapHash, keys) is { } difference)
                return Lost($"worker {worker.Sighting.Worker}: {difference}", Fix);
        return present.Count < entry.AtLeast
            ? Lost(
                $"{present.Count} of at least {entry.AtLeast} workers are there",
                "start rotationmesh-worker"
            )
            : new GateVerdict(entry.Name, Holds: true, $"{present.Count} workers have the map and all keys");
    }

    private async Task<IReadOnlyList<RegisteredWorker>> FindAsync(CancellationToken cancellationToken)
    {
        if (!await control.HasAsync("workers", cancellationToken))
            return [];
        var known = await new WorkerRegistry(control).ListAsync(cancellationToken);
        return [.. known.Where(worker => worker.Presence == WorkerPresence.Present)];
    }

    private GateVerdict Lost(string reason, string? fix) => new(entry.Name, Holds: false, reason, fix);
}

/// <summary>Makes the gate of the workers' keys.</summary>
public sealed class KeysGates(RotationMap map, Func<KeyRing> ring, ControlDatabase control) : IGateKind
{
    /// <inheritdoc/>
    public IGate? Make(GateEntry entry) =>
        entry is KeysEntry keys ? new KeysGate(keys, map, ring, control) : null;
}
