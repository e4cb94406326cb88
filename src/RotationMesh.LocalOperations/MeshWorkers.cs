using System.Globalization;
using RotationMesh.Control.Rotations;
using RotationMesh.Control.Workers;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations;

/// <summary>Describes the workers of the mesh for operators.</summary>
internal static class MeshWorkers
{
    /// <summary>
    /// Returns the workers that matter to a rotation: those that are there, and those that have fallen silent since
    /// it started without saying that they stop.
    /// </summary>
    public static IReadOnlyList<MeshWorkerDocument> Of(
        IEnumerable<RegisteredWorker> workers,
        RunningRotation rotation
    ) =>
        [
            .. workers
                .Where(worker =>
                    worker.Presence == WorkerPresence.Present
                    || (worker.Presence == WorkerPresence.Gone && worker.LastSeen >= rotation.StartedAt)
                )
                .Select(worker => Document(worker, rotation)),
        ];

    /// <summary>Describes a worker in one line: where it runs, what it is, which keys it holds.</summary>
    public static string Describe(RegisteredWorker worker)
    {
        var seen = worker.Sighting;
        var keys = string.Join(
            ", ",
            seen.Keys.OrderBy(key => key.Key).Select(key => $"{key.Key} {key.Value}")
        );
        return string.Create(
            CultureInfo.InvariantCulture,
            $"version {seen.ProgramVersion} on {seen.Host}, {seen.Concurrency} partitions at a time, keys {keys}, last seen {worker.LastSeen:u}"
        );
    }

    private static MeshWorkerDocument Document(RegisteredWorker worker, RunningRotation rotation) =>
        new()
        {
            Worker = worker.Sighting.Worker,
            Host = worker.Sighting.Host,
            Version = worker.Sighting.ProgramVersion,
            Concurrency = worker.Sighting.Concurrency,
            Keys =
            [
                .. worker
                    .Sighting.Keys.OrderBy(key => key.Key)
                    .Select(key => new WorkerKeyDocument(key.Key, key.Value)),
            ],
            LastSeen = worker.LastSeen,
            Present = worker.Presence == WorkerPresence.Present,
            Lacks = worker.Lacks(rotation.MapHash, rotation.TargetVersion, rotation.TargetFingerprint),
        };
}
