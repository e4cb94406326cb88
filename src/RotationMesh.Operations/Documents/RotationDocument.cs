namespace RotationMesh.Operations.Documents;

/// <summary>A rotation, running or ended.</summary>
public sealed record RotationDocument
{
    /// <summary>Most failures that a document lists; all are counted, and kept in the control database.</summary>
    public const int MaxFailures = 1000;

    /// <summary>Its id; for a dry run, nothing is recorded under it.</summary>
    public required Guid RotationId { get; init; }

    /// <summary>State of the saga.</summary>
    public required string State { get; init; }

    /// <summary>Whether nothing was written.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Whether no sweep of it has begun: no row was handed to a worker.</summary>
    public bool NotBegun { get; init; }

    /// <summary>Version to which rows are brought.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Seconds from the start to the end, or until now.</summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Start, by the control database's clock; null for a dry run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>End, by the control database's clock; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>
    /// What holds it up, or why it ended as it did; of a dry run, why the rotation itself would be refused now.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>
    /// Of a record that says Completed, whether its seals were checked here: false where the keys for that are missing, so
    /// that nobody vouches for it. Null in any other state, and for a dry run.
    /// </summary>
    public bool? Checked { get; init; }

    /// <summary>Whether it has not ended but nothing runs it any more: the process of an embedded rotation is gone.</summary>
    public bool Abandoned { get; init; }

    /// <summary>
    /// Whether the control request has not taken effect in time: it is stored, and takes effect once a coordinator runs,
    /// unless it is too old by then: <see cref="RefusedRequests"/> tells that.
    /// </summary>
    public bool Unheard { get; init; }

    /// <summary>Rows that were read after they were rewritten, and in which every value decrypts.</summary>
    public required long Verified { get; init; }

    /// <summary>
    /// What was decrypted after the rows were rewritten, or, in a dry run, from the rows that would be rewritten; null
    /// where this is not known.
    /// </summary>
    public DecryptedRows? Decrypted { get; init; }

    /// <summary>
    /// Rows that changed each time that the last verification was to decrypt them: nobody knows whether they decrypt.
    /// </summary>
    public long Changing { get; init; }

    /// <summary>
    /// How much was to be decrypted again: <c>counts</c>, <c>sample:N%</c> or <c>full</c>. Null where nobody said: all of a
    /// table below 1,000,000 rows, and 1 % of a larger one.
    /// </summary>
    public string? Verify { get; init; }

    /// <summary>Identity of the map that it was started with; null where that is not known.</summary>
    public string? MapHash { get; init; }

    /// <summary>
    /// Whether the map of the process that tells of it is another one: the rotation knows nothing of what that map has and
    /// its own has not.
    /// </summary>
    public bool OtherMap { get; init; }

    /// <summary>Names of the gates that need not hold, as who asked for it said.</summary>
    public IReadOnlyList<string> IgnoredGates { get; init; } = [];

    /// <summary>
    /// The post-checks: what the application answered once the rows were verified; empty where it was not asked.
    /// </summary>
    public IReadOnlyList<PostCheckDocument> PostChecks { get; init; } = [];

    /// <summary>
    /// Transactions that were open before the closing census and did not end in time, by process or name: their rows were
    /// not counted. Null where there are none.
    /// </summary>
    public string? OpenWriters { get; init; }

    /// <summary>
    /// What contradicts that every row is at the target version and decrypts although no row is known to have failed; empty
    /// where nothing does. <see cref="Reason"/> has them too.
    /// </summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>
    /// The part of the map that it covers, such as "scope connectors" or "tenant acme"; null for all of the map.
    /// </summary>
    public string? Within { get; init; }

    /// <summary>
    /// Its newest event in the audit log, as <c>sequence:hash</c>. Somebody who notes it outside the control database can
    /// later check that the log still has it: <c>audit verify --expect</c>.
    /// </summary>
    public string? AuditHead { get; init; }

    /// <summary>
    /// Remarks on the result, such as external rows that keep their old key, and where tenants come from where the role does
    /// not see every row; empty where there are none.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Partitions of the current sweep, while it runs.</summary>
    public PartitionTotals? Partitions { get; init; }

    /// <summary>The totals of all tables.</summary>
    public required RowTotals Totals { get; init; }

    /// <summary>The totals by table, in the order of the map.</summary>
    public required IReadOnlyList<TableDocument> Scopes { get; init; }

    /// <summary>At most <see cref="MaxFailures"/> of the rows that failed.</summary>
    public required IReadOnlyList<FailureDocument> Failures { get; init; }

    /// <summary>Queues of the application that were paused for it and are still paused, as gate/queue.</summary>
    public IReadOnlyList<string> PausedQueues { get; init; } = [];

    /// <summary>Workers that refuse its partitions, and why.</summary>
    public IReadOnlyList<RefusalDocument> Refusals { get; init; } = [];

    /// <summary>The newest control requests that were refused, the latest first: nothing was done for them.</summary>
    public IReadOnlyList<RefusedRequestDocument> RefusedRequests { get; init; } = [];

    /// <summary>
    /// Workers of the mesh that run, or have gone since it started; empty for a rotation that one process ran by itself.
    /// </summary>
    public IReadOnlyList<MeshWorkerDocument> Workers { get; init; } = [];
}

/// <summary>Partitions of the current sweep.</summary>
public sealed record PartitionTotals(int Sweep, long Planned, long Done, long Failed, long WithWorkers);

/// <summary>
/// The result of a post-check of the map; <paramref name="Reason"/> says what was wrong with the answer, and is null
/// where nothing was.
/// </summary>
public sealed record PostCheckDocument(string Name, bool Passed, string? Reason);

/// <summary>
/// A control request that was refused, and why. <paramref name="Action"/> is the verb, such as <c>pause</c>;
/// <paramref name="RequestedBy"/> is who asked, as the request says, and null where it does not.
/// </summary>
public sealed record RefusedRequestDocument(
    string Action,
    string? RequestedBy,
    DateTimeOffset RequestedAt,
    string Reason
);

/// <summary>A worker that refuses a rotation's partitions.</summary>
public sealed record RefusalDocument(string Worker, string Reason, long Times, DateTimeOffset LastAt);
