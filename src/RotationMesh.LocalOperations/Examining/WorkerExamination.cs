using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Workers;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>
/// Compares the map, keys and databases that the workers of the mesh reported with those of this process.
/// </summary>
internal sealed class WorkerExamination(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control,
    Findings findings
)
{
    private const string Fix = "give every worker the same map, keys and databases, and start it again";

    /// <summary>Whether it is a finding that no worker is there.</summary>
    public bool AreExpected { get; init; }

    /// <summary>Adds a finding for each worker that is there, and one more where none of them could do anything.</summary>
    public async Task ExamineAsync(KeyRing? keys, CancellationToken cancellationToken)
    {
        var present = await FindAsync(cancellationToken);
        if (present is null)
            return;
        if (present.Count == 0 && AreExpected)
            findings.Add(
                Verdict.Warning,
                "workers",
                "none was heard of in the last minute",
                "start rotationmesh-worker; a rotation waits for one"
            );
        var mine = keys?.Keys.ToDictionary(key => key.Version, key => key.Fingerprint);
        var here =
            present.Count == 0
                ? null
                : await new MapIdentities(map, databases, TimeProvider.System).ReadAsync(cancellationToken);
        var unfit = 0;
        foreach (var worker in present)
        {
            var difference = mine is null ? null : worker.Differs(MapHash.Of(map), mine, here);
            unfit += difference is null ? 0 : 1;
            var what = MeshWorkers.Describe(worker);
            findings.Add(
                difference is null ? Verdict.Good : Verdict.Warning,
                $"worker {worker.Sighting.Worker}",
                difference is null ? what : $"{difference}; {what}",
                difference is null ? null : Fix
            );
        }

        if (present.Count > 0 && unfit == present.Count)
            findings.Add(
                Verdict.Bad,
                "workers",
                "no worker has the map, the keys and the databases that are here",
                Fix
            );
    }

    // Returns null where the control database does not answer: the doctor reports that elsewhere. A database without
    // the schema has seen no worker.
    private async Task<IReadOnlyList<RegisteredWorker>?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await control.HasAsync("workers", cancellationToken))
                return [];
            var known = await new WorkerRegistry(control).ListAsync(cancellationToken);
            return [.. known.Where(worker => worker.Presence == WorkerPresence.Present)];
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
