namespace RotationMesh.Operations.Documents;

/// <summary>A rotation, running or ended.</summary>
public sealed record RotationDocument
{
    /// <summary>Failures that a document lists at most; all are counted, and kept in the control database.</summary>
    public const int MaxFailures = 1000;

    /// <summary>Its id; of a dry run nothing is recorded under it.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>State of the saga.</summary>
    public required string State { get; init; }

    /// <summary>Whether nothing was written.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Version that rows are brought to.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Time from start to end, or to now.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Start, by the control database's clock; null for a dry run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>End, by the control database's clock; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>What holds it up, or why it ended as it did.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has not ended and nobody runs it any more: the process of an embedded one is gone.</summary>
    public bool Abandoned { get; init; }

    /// <summary>
    /// Whether a request has not taken effect in time: it is stored, and takes effect once a coordinator runs.
    /// </summary>
    public bool Unheard { get; init; }

    /// <summary>Rows that were looked at after they were rewritten, and of which nothing failed to decrypt.</summary>
    public required long Verified { get; init; }

    /// <summary>
    /// What was decrypted after the rows were rewritten, or in a dry run of those that would be; null where nothing is
    /// known of it.
    /// </summary>
    public DecryptedRows? Decrypted { get; init; }

    /// <summary>What the application answered once the rows were verified; empty where it was not asked.</summary>
    public IReadOnlyList<PostCheckDocument> PostChecks { get; init; } = [];

    /// <summary>
    /// Transactions that were open before the closing census and did not end in time, by process or name: what they wrote
    /// was not counted. Null where there are none.
    /// </summary>
    public string? OpenWriters { get; init; }

    /// <summary>The part of the map that it was asked for, such as "scope connectors" or "tenant acme"; null for all of it.</summary>
    public string? Within { get; init; }

    /// <summary>
    /// Its newest event in the audit log, as sequence:hash. Noted where the control schema can't reach, it shows later whether
    /// the log still has it: <c>audit verify --expect</c>.
    /// </summary>
    public string? AuditHead { get; init; }

    /// <summary>What the counts rest on where the role does not see every row, such as where tenants come from; empty where it does.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Partitions, while it runs.</summary>
    public PartitionTotals? Partitions { get; init; }

    /// <summary>What became of the rows altogether.</summary>
    public required RowTotals Totals { get; init; }

    /// <summary>What became of the rows by table, in the order of the map.</summary>
    public required IReadOnlyList<TableDocument> Scopes { get; init; }

    /// <summary>At most <see cref="MaxFailures"/> of the rows that failed.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }

    /// <summary>Queues of the application that were paused for it and are paused still, as gate/queue.</summary>
    public IReadOnlyList<string> PausedQueues { get; init; } = [];

    /// <summary>Workers that would not touch its partitions, and why.</summary>
    public IReadOnlyList<RefusalDocument> Refusals { get; init; } = [];

    /// <summary>Workers of the mesh that are there, or are gone since it started; none of a rotation that one process ran by itself.</summary>
    public IReadOnlyList<MeshWorkerDocument> Workers { get; init; } = [];
}

/// <summary>Partitions of the pass under way.</summary>
public sealed record PartitionTotals(int Sweep, long Planned, long Done, long Failed, long WithWorkers);

/// <summary>A post-check of the map; <paramref name="Reason"/> says what was wrong with the answer, null where nothing was.</summary>
public sealed record PostCheckDocument(string Name, bool Passed, string? Reason);

/// <summary>A worker that refuses a rotation's partitions.</summary>
public sealed record RefusalDocument(string Worker, string Reason, long Times, DateTimeOffset LastAt);
