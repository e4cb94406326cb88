using RotationMesh.Core;

namespace RotationMesh.Control.Rotations;

/// <summary>Rotations that still want something of a coordinator, for those who poll rather than hear messages.</summary>
public sealed class RunningRotations(ControlDatabase control)
{
    private const string Columns = """
        SELECT correlation_id AS rotation_id, state, target_version, target_fingerprint, map_hash, scopes, tenants, batch_size,
               allow_downgrade, sweep, settled_sweep, verified_sweep, idle_sweeps, breaker_off, verify, reason, concluded, embedded,
               requested_by, pause_workers, ignored_gates::text AS ignored_gates, snapshot_taken_at, paused_in, gate_lost_in, steerings, seal,
               started_at, ended_at, coalesce(ended_at, now()) - started_at AS elapsed, pg_catalog.clock_timestamp() AS read_at,
               audit_sequence, audit_sequence || ':' || pg_catalog.encode(audit_hash, 'hex') AS audit_head
        FROM rotationmesh.rotations
        """;

    // A rotation that was cancelled runs until its totals are written: partitions in hand may still end.
    private const string List = $"""
        {Columns}
        WHERE requested_by IS NOT NULL AND (ended_at IS NULL OR (state = 'Cancelled' AND NOT concluded))
          AND CASE WHEN @only::uuid IS NULL THEN NOT embedded ELSE correlation_id = @only END
        ORDER BY correlation_id
        """;

    // An embedded rotation is for its process alone, as long as that lives.
    private const string CancelledEmbedded = $"""
        {Columns}
        WHERE requested_by IS NOT NULL AND embedded
          AND ((state = 'Cancelled' AND NOT concluded)
               OR (ended_at IS NULL AND EXISTS (
                   SELECT FROM rotationmesh.requests q
                   WHERE q.rotation_id = rotations.correlation_id AND q.kind = 'CancelRotation'
                     AND q.sent_at IS NULL AND q.refused_at IS NULL)))
        ORDER BY correlation_id
        """;

    private const string FindOne = $"{Columns} WHERE correlation_id = @rotationId";

    private const string Latest = $"{Columns} ORDER BY started_at DESC, correlation_id DESC LIMIT @limit";

    // Those that went wrong first: none of them is cut off for one that went well.
    private const string Ended = $"""
        {Columns}
        WHERE requested_by IS NOT NULL AND ended_at > pg_catalog.now() - interval '1 day'
          AND CASE WHEN @only::uuid IS NULL THEN NOT embedded ELSE correlation_id = @only END
        ORDER BY state IN ('Completed', 'Cancelled'), ended_at DESC
        LIMIT @limit
        """;

    private const string FindEmbedded = $"""
        {Columns}
        WHERE requested_by IS NOT NULL AND embedded AND ended_at IS NULL
          AND target_version = @TargetVersion AND target_fingerprint = @TargetFingerprint AND map_hash = @MapHash
          AND scopes = @Scopes AND tenants IS NOT DISTINCT FROM @Tenants AND allow_downgrade = @AllowDowngrade
          AND verify = @Verify
        ORDER BY started_at
        """;

    private const string Note = """
        UPDATE rotationmesh.rotations SET reason = @reason
        WHERE correlation_id = @rotationId AND reason IS DISTINCT FROM @reason
        """;

    // One that has moved on, be it to its end, is not what was read: its saga's seal stays.
    private const string Reseal = """
        UPDATE rotationmesh.rotations
        SET seal = @seal, batch_size = @BatchSize, pause_workers = @PauseWorkers, ignored_gates = @IgnoredGates::jsonb,
            snapshot_taken_at = @SnapshotTakenAt, requested_by = @RequestedBy
        WHERE correlation_id = @RotationId AND seal IS NOT DISTINCT FROM @was
        """;

    /// <summary>Those of the coordinators, or the <paramref name="only"/> one that an embedding process runs.</summary>
    public Task<IReadOnlyList<RunningRotation>> ListAsync(Guid? only, CancellationToken cancellationToken) =>
        control.QueryAsync<RunningRotation>(List, new { only }, cancellationToken);

    /// <summary>Embedded rotations that were cancelled, or are asked to be, and are not over.</summary>
    public Task<IReadOnlyList<RunningRotation>> ListCancelledEmbeddedAsync(
        CancellationToken cancellationToken
    ) => control.QueryAsync<RunningRotation>(CancelledEmbedded, null, cancellationToken);

    /// <summary>One rotation as it is now, over or not; null where there is none.</summary>
    public Task<RunningRotation?> FindAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.FindAsync<RunningRotation>(FindOne, new { rotationId }, cancellationToken);

    /// <summary>Rotations over or not, the latest first.</summary>
    public Task<IReadOnlyList<RunningRotation>> LatestAsync(int limit, CancellationToken cancellationToken) =>
        control.QueryAsync<RunningRotation>(Latest, new { limit }, cancellationToken);

    /// <summary>Number of all rotations.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        control.ScalarAsync<long>("SELECT count(*) FROM rotationmesh.rotations", null, cancellationToken);

    /// <summary>Those of <see cref="ListAsync"/> that ended within the last day; those that went wrong first.</summary>
    public Task<IReadOnlyList<RunningRotation>> EndedAsync(
        Guid? only,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<RunningRotation>(Ended, new { only, limit }, cancellationToken);

    /// <summary>Embedded rotations of the same request that have not ended, the oldest first.</summary>
    public Task<IReadOnlyList<RunningRotation>> FindEmbeddedAsync(
        RunningRotation like,
        CancellationToken cancellationToken
    ) => control.QueryAsync<RunningRotation>(FindEmbedded, like, cancellationToken);

    /// <summary>Notes what holds up a rotation whose saga can't; false where it is noted already.</summary>
    public async Task<bool> NoteAsync(Guid rotationId, string reason, CancellationToken cancellationToken) =>
        await control.ExecuteAsync(Note, new { rotationId, reason }, cancellationToken) == 1;

    /// <summary>
    /// Replaces requester, batch size, gate terms and seal of a rotation that nobody runs at this moment. False where it is not
    /// as it was read any more, which its seal tells.
    /// </summary>
    public async Task<bool> SealAsync(
        RunningRotation rotation,
        string seal,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(rotation);
        var values = new
        {
            rotation.RotationId,
            rotation.BatchSize,
            rotation.PauseWorkers,
            rotation.IgnoredGates,
            rotation.SnapshotTakenAt,
            rotation.RequestedBy,
            seal,
            was = rotation.Seal,
        };
        return await control.ExecuteAsync(Reseal, values, cancellationToken) == 1;
    }
}

/// <summary>A rotation as its saga left it last.</summary>
public sealed record RunningRotation
{
    /// <summary>Begins the reason of a rotation that an operator paused; what pauses itself has another reason.</summary>
    public const string PausedBy = "paused by ";

    /// <summary>Its id.</summary>
    public Guid RotationId { get; init; }

    /// <summary>State of the saga.</summary>
    public string State { get; init; } = "";

    /// <summary>The version that it brings rows to.</summary>
    public int TargetVersion { get; init; }

    /// <summary>Fingerprint of that version's key.</summary>
    public string TargetFingerprint { get; init; } = "";

    /// <summary>Identity of the map.</summary>
    public string MapHash { get; init; } = "";

    /// <summary>The scopes, in the order of the map.</summary>
    public string[] Scopes { get; init; } = [];

    /// <summary>The tenants; null for all.</summary>
    public string[]? Tenants { get; init; }

    /// <summary>Rows of one transaction.</summary>
    public int BatchSize { get; init; }

    /// <summary>Whether rows above the target version are brought down.</summary>
    public bool AllowDowngrade { get; init; }

    /// <summary>The sweep under way, from 1; 0 before the first.</summary>
    public int Sweep { get; init; }

    /// <summary>The last sweep that the saga knows to be settled.</summary>
    public int SettledSweep { get; init; }

    /// <summary>The last sweep whose verification the saga knows to be settled.</summary>
    public int VerifiedSweep { get; init; }

    /// <summary>Sweeps in a row that brought nothing.</summary>
    public int IdleSweeps { get; init; }

    /// <summary>Whether the circuit breaker has tripped before, and is off now.</summary>
    public bool BreakerOff { get; init; }

    /// <summary>How much is decrypted again; empty for the default.</summary>
    public string Verify { get; init; } = "";

    /// <summary>What holds it up, or why it ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether its totals are written.</summary>
    public bool Concluded { get; init; }

    /// <summary>Whether the process that asked runs it by itself; else the coordinators do.</summary>
    public bool Embedded { get; init; }

    /// <summary>Who asked for it, the last time if it was abandoned and then asked for again.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Position and hash of its newest event in the audit log, as sequence:hash; null where it has none.</summary>
    public string? AuditHead { get; init; }

    /// <summary>Position of that event, which every change of state moves on.</summary>
    public long? AuditSequence { get; init; }

    /// <summary>When it was read, by the database's clock.</summary>
    public DateTime ReadAt { get; init; }

    /// <summary>Whether the application's workers are paused before the first sweep.</summary>
    public bool PauseWorkers { get; init; }

    /// <summary>JSON array of the gates that need not hold, with the operator's reasons.</summary>
    public string IgnoredGates { get; init; } = "[]";

    /// <summary>When the newest snapshot was taken, as the operator says.</summary>
    public DateTime? SnapshotTakenAt { get; init; }

    /// <summary>Where a paused rotation goes on.</summary>
    public string? PausedIn { get; init; }

    /// <summary>Where a rotation goes on when its gates hold again.</summary>
    public string? GateLostIn { get; init; }

    /// <summary>What was asked of it lately, and heard.</summary>
    public string[] Steerings { get; init; } = [];

    /// <summary>Seal of the saga that wrote it; null where an earlier release did.</summary>
    public string? Seal { get; init; }

    /// <summary>Start, by the database's clock.</summary>
    public DateTime StartedAt { get; init; }

    /// <summary>End, by the database's clock; null while it runs.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>Time from start to end, or to now.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether it was cancelled, and says in a second line of its reason which writes of others it waits for.</summary>
    public bool AwaitsOthers => State == RotationState.Cancelled && Reason?.Contains('\n') == true;

    /// <summary>Whether an operator paused or cancelled it, rather than the mesh itself.</summary>
    public bool IsStoppedByOperator =>
        State == RotationState.Cancelled
        || (State == RotationState.Paused && Reason?.StartsWith(PausedBy, StringComparison.Ordinal) == true);

    /// <summary>Whether nothing more happens by itself: it has ended and its totals are written.</summary>
    public bool IsOver => State == RotationState.Faulted || (EndedAt is not null && Concluded);
}
