namespace RotationMesh.Contracts;

/// <summary>
/// Sent by a worker when it joins, every few seconds, and when it leaves; handled by the coordinators, which keep the list
/// of workers. May arrive twice, late or not at all: the next one repeats it.
/// </summary>
public sealed record WorkerHeartbeat
{
    /// <summary>Name of the worker, as in its results.</summary>
    public required string Worker { get; init; }

    public required string Host { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    public required string MapHash { get; init; }
    public required IReadOnlyList<WorkerKey> Keys { get; init; }

    /// <summary>Number of partitions that it handles at once.</summary>
    public required int Concurrency { get; init; }

    public bool Leaving { get; init; }

    /// <summary>Databases of its map, as far as it could read their identity.</summary>
    public IReadOnlyList<WorkerDatabase> Databases { get; init; } = [];
}

/// <summary>A key that a worker holds, by version and fingerprint.</summary>
public sealed record WorkerKey(int Version, string Fingerprint);

/// <summary>A database by its name in the map and its identity.</summary>
public sealed record WorkerDatabase(string Name, string Identity);
