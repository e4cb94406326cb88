using RotationMesh.Tables;

namespace RotationMesh.Control.Workers;

/// <summary>What a worker says of itself.</summary>
public sealed record WorkerSighting
{
    /// <summary>Name of the worker, as in its results.</summary>
    public required string Worker { get; init; }

    /// <summary>Machine that it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Version of the program.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>Identity of its map.</summary>
    public required string MapHash { get; init; }

    /// <summary>Fingerprints of its keys by version.</summary>
    public required IReadOnlyDictionary<int, string> Keys { get; init; }

    /// <summary>Identities of its databases, as far as it could tell them, by the names in its map.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; init; } = new Dictionary<string, string>();

    /// <summary>Number of partitions that it works on at a time.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Whether the worker stops, and this is its last message.</summary>
    public bool Leaving { get; init; }
}

/// <summary>A worker of the registry; times are by the database's clock.</summary>
public sealed record RegisteredWorker(WorkerSighting Sighting, WorkerPresence Presence, DateTime LastSeen)
{
    /// <summary>
    /// Returns what keeps it from a rotation's partitions, in words for the operator; null where nothing does. The comparison
    /// is the worker's own, made with what the worker said last.
    /// </summary>
    public string? Lacks(string mapHash, int targetVersion, string targetFingerprint)
    {
        if (Sighting.MapHash != mapHash)
            return "its rotation map differs from the rotation's";
        if (!Sighting.Keys.TryGetValue(targetVersion, out var fingerprint))
            return $"its key ring lacks version {targetVersion}";
        return fingerprint == targetFingerprint
            ? null
            : $"its key of version {targetVersion} has another fingerprint than the rotation's";
    }

    /// <summary>
    /// Returns where it differs from the caller, in words for the operator; null where the map, every key and every database
    /// whose identity both know are the same. <paramref name="keys"/> are fingerprints by version,
    /// <paramref name="databases"/> identities by name.
    /// </summary>
    public string? Differs(
        string mapHash,
        IReadOnlyDictionary<int, string> keys,
        IReadOnlyDictionary<string, string>? databases = null
    )
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (Sighting.MapHash != mapHash)
            return "its rotation map differs from the one here";
        foreach (var (version, fingerprint) in keys)
        {
            if (!Sighting.Keys.TryGetValue(version, out var own))
                return $"its key ring lacks version {version}";
            if (own != fingerprint)
                return $"its key of version {version} has another fingerprint than the one here";
        }

        return Sighting
            .Databases.Where(own => IsAnother(own.Value, databases?.GetValueOrDefault(own.Key)))
            .Select(own =>
                $"its connection string for database {own.Key} leads to another database than the one here"
            )
            .FirstOrDefault();
    }

    private static bool IsAnother(string own, string? here) =>
        DatabaseIdentity.Parse(own) is { } theirs
        && DatabaseIdentity.Parse(here) is { } ours
        && !theirs.Matches(ours);
}

/// <summary>Whether a worker is there.</summary>
public enum WorkerPresence
{
    /// <summary>It sent a heartbeat a moment ago.</summary>
    Present = 1,

    /// <summary>It stopped, and said so.</summary>
    Left,

    /// <summary>It has sent nothing for longer than a pause explains.</summary>
    Gone,
}
