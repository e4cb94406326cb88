using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Workers;

/// <summary>The workers of the mesh, for <c>status</c> and <c>doctor</c> to list.</summary>
public sealed class WorkerRegistry(ControlDatabase control)
{
    /// <summary>Time without a heartbeat after which a worker counts as gone: six heartbeats.</summary>
    public static readonly TimeSpan HeartbeatTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Time without a heartbeat after which a worker is forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    // A worker that had left or was gone has joined anew: in a container it may have the name of its predecessor.
    private const string Record = """
        INSERT INTO rotationmesh.workers AS w
            (worker, host, program_version, map_hash, key_versions, key_fingerprints, concurrency, database_names,
             database_identities, left_at)
        VALUES (@Worker, @Host, @ProgramVersion, @MapHash, @Versions, @Fingerprints, @Concurrency, @Databases, @Identities,
                CASE WHEN @Leaving THEN now() END)
        ON CONFLICT (worker) DO UPDATE
        SET host = excluded.host, program_version = excluded.program_version, map_hash = excluded.map_hash,
            key_versions = excluded.key_versions, key_fingerprints = excluded.key_fingerprints,
            concurrency = excluded.concurrency, database_names = excluded.database_names,
            database_identities = excluded.database_identities, last_seen = now(), left_at = excluded.left_at,
            joined_at = CASE WHEN NOT @Leaving AND (w.left_at IS NOT NULL OR w.last_seen < now() - @silence)
                             THEN now() ELSE w.joined_at END
        """;

    private const string Prune = "DELETE FROM rotationmesh.workers WHERE last_seen < now() - @memory";

    private const string List = """
        SELECT worker, host, program_version, map_hash, key_versions, key_fingerprints, concurrency, database_names,
               database_identities, last_seen,
               CASE WHEN left_at IS NOT NULL THEN 'Left' WHEN last_seen < now() - @silence THEN 'Gone' ELSE 'Present' END
                   AS presence
        FROM rotationmesh.workers
        WHERE last_seen >= now() - @memory
        ORDER BY worker
        """;

    /// <summary>Records what a worker says of itself, and forgets workers that were not heard of for a day.</summary>
    public async Task RecordAsync(WorkerSighting sighting, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sighting);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        var values = new
        {
            Worker = LedgerText.Name(sighting.Worker),
            sighting.Host,
            sighting.ProgramVersion,
            sighting.MapHash,
            Versions = sighting.Keys.Keys.ToArray(),
            Fingerprints = sighting.Keys.Values.ToArray(),
            sighting.Concurrency,
            Databases = sighting.Databases.Keys.ToArray(),
            Identities = sighting.Databases.Values.ToArray(),
            sighting.Leaving,
            silence = HeartbeatTimeout,
        };
        await connection.ExecuteAsync(Record, values, cancellationToken);
        await connection.ExecuteAsync(Prune, new { memory = Memory }, cancellationToken);
    }

    /// <summary>Lists the workers that were heard of within a day, by name.</summary>
    public async Task<IReadOnlyList<RegisteredWorker>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await control.QueryAsync<WorkerRow>(
            List,
            new { silence = HeartbeatTimeout, memory = Memory },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToWorker())];
    }

    private sealed record WorkerRow
    {
        public string Worker { get; init; } = "";
        public string Host { get; init; } = "";
        public string ProgramVersion { get; init; } = "";
        public string MapHash { get; init; } = "";
        public int[] KeyVersions { get; init; } = [];
        public string[] KeyFingerprints { get; init; } = [];
        public int Concurrency { get; init; }
        public string[] DatabaseNames { get; init; } = [];
        public string[] DatabaseIdentities { get; init; } = [];
        public DateTime LastSeen { get; init; }
        public string Presence { get; init; } = "";

        public RegisteredWorker ToWorker() =>
            new(
                new WorkerSighting
                {
                    Worker = Worker,
                    Host = Host,
                    ProgramVersion = ProgramVersion,
                    MapHash = MapHash,
                    Keys = KeyVersions.Zip(KeyFingerprints).ToDictionary(key => key.First, key => key.Second),
                    Concurrency = Concurrency,
                    Databases = DatabaseNames
                        .Zip(DatabaseIdentities)
                        .ToDictionary(database => database.First, database => database.Second),
                },
                Enum.Parse<WorkerPresence>(Presence),
                LastSeen
            );
    }
}
