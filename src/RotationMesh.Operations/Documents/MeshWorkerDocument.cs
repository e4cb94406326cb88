namespace RotationMesh.Operations.Documents;

/// <summary>A worker of the mesh, by its last heartbeat.</summary>
public sealed record MeshWorkerDocument
{
    /// <summary>Its name, as results have it.</summary>
    public required string Worker { get; init; }

    /// <summary>Machine that it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Version of the program.</summary>
    public required string Version { get; init; }

    /// <summary>Most partitions at a time.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Its keys.</summary>
    public required IReadOnlyList<WorkerKeyDocument> Keys { get; init; }

    /// <summary>Time of its last heartbeat, by the control database's clock.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Whether its last heartbeat is recent; if not, it ended without signing off.</summary>
    public required bool Present { get; init; }

    /// <summary>What keeps it from the rotation's partitions; null where nothing does.</summary>
    public required string? Lacks { get; init; }
}

/// <summary>A key of a worker, by fingerprint.</summary>
public sealed record WorkerKeyDocument(int Version, string Fingerprint);
