namespace RotationMesh.Operations.Documents;

// The details of the audit log's events, by kind. Later versions may add members, and remove none.

/// <summary>Details of <c>RotationStarted</c>: what was asked for, and with which keys and map.</summary>
public sealed record RotationStartedDetails
{
    /// <summary>The command line of the program that asked.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Version that rows are brought to.</summary>
    public required int TargetVersion { get; init; }

    /// <summary>Fingerprint of that version's key.</summary>
    public required string TargetFingerprint { get; init; }

    /// <summary>Identity of the rotation map.</summary>
    public required string MapHash { get; init; }

    /// <summary>The scopes.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>The tenants; left out for all.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>Rows in one transaction.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Whether rows above the target version are brought down.</summary>
    public required bool AllowDowngrade { get; init; }

    /// <summary>Whether the application's workers are paused for the rotation.</summary>
    public bool PauseWorkers { get; init; }

    /// <summary>Gates that need not hold, with the operator's reasons; left out where there are none.</summary>
    public IReadOnlyDictionary<string, string>? IgnoredGates { get; init; }
}

/// <summary>Details of <c>StateChanged</c>.</summary>
public sealed record StateChangedDetails
{
    /// <summary>The state before.</summary>
    public required string From { get; init; }

    /// <summary>The state after.</summary>
    public required string To { get; init; }

    /// <summary>The sweep, from 1; 0 before the first.</summary>
    public required int Sweep { get; init; }

    /// <summary>Why it changed.</summary>
    public string? Reason { get; init; }

    /// <summary>The scopes that a retry was limited to.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The tenants that a retry was limited to.</summary>
    public IReadOnlyList<string>? Tenants { get; init; }

    /// <summary>The error classes that a retry was limited to.</summary>
    public IReadOnlyList<string>? Errors { get; init; }
}

/// <summary>Details of <c>GateChecked</c>: written when a gate is first checked, and whenever the outcome changes.</summary>
public sealed record GateCheckedDetails
{
    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>What was found.</summary>
    public required GateOutcome Outcome { get; init; }

    /// <summary>Why the gate has this outcome; for an override, the operator's reason.</summary>
    public string? Reason { get; init; }
}

/// <summary>The result of a gate's check.</summary>
public enum GateOutcome
{
    /// <summary>It holds.</summary>
    Holds = 1,

    /// <summary>It does not hold.</summary>
    Lost,

    /// <summary>It does not hold, and the operator goes on without it.</summary>
    Overridden,
}

/// <summary>Details of <c>PostChecked</c>: written for each post-check of the map once the rows are verified.</summary>
public sealed record PostCheckedDetails
{
    /// <summary>The post-check.</summary>
    public required string Check { get; init; }

    /// <summary>Whether the answer was what the map asks for.</summary>
    public required bool Passed { get; init; }

    /// <summary>What was wrong with the answer.</summary>
    public string? Reason { get; init; }
}

/// <summary>Details of <c>RotationEnded</c>.</summary>
public sealed record RotationEndedDetails
{
    /// <summary>The state that it ended in.</summary>
    public required string State { get; init; }

    /// <summary>Rows altogether.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows brought to the target version.</summary>
    public required long Rotated { get; init; }

    /// <summary>Rows that were at the target version already.</summary>
    public required long Current { get; init; }

    /// <summary>External rows, whose value lives outside the table.</summary>
    public required long External { get; init; }

    /// <summary>Rows that are not at the target version, or do not decrypt under it.</summary>
    public required long Failed { get; init; }

    /// <summary>Number of conflicts: times that a row had changed between read and write.</summary>
    public required long Conflicts { get; init; }

    /// <summary>Rows decrypted after they were rewritten; left out where none was to be verified.</summary>
    public long? Verified { get; init; }

    /// <summary>Rotated or current rows that hold no value; left out where an earlier version did not count them.</summary>
    public long? Empty { get; init; }

    /// <summary>Partitions that verification could not read.</summary>
    public long FailedPartitions { get; init; }
}

/// <summary>Details of <c>KeyRetired</c>.</summary>
public sealed record KeyRetiredDetails
{
    /// <summary>The version.</summary>
    public required int Version { get; init; }

    /// <summary>Fingerprint of its key; left out where the key ring no longer had it.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The command line of the program that asked.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Identity of the rotation map.</summary>
    public required string MapHash { get; init; }

    /// <summary>Rows that were counted.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that were decrypted without the version's key.</summary>
    public required long Verified { get; init; }

    /// <summary>Tables that were scanned for envelopes that the map does not name; left out where no scan was made.</summary>
    public int? ScannedTables { get; init; }

    /// <summary>Rows of those tables that the scan read.</summary>
    public long? ScannedRows { get; init; }

    /// <summary>
    /// Those of the tables of which every row was read, and every value that may be an envelope tried with every tenant; left out
    /// where an earlier version did not count them.
    /// </summary>
    public int? ScannedWholly { get; init; }

    /// <summary>Why the operator chose to make no scan.</summary>
    public string? ScanSkipped { get; init; }

    /// <summary>
    /// Schemas, tables and columns that the scan left out, as the operator chose. A declared column stands for its external values.
    /// </summary>
    public IReadOnlyList<SkippedScan>? ScanSkippedOf { get; init; }

    /// <summary>External values that nobody decrypted, because the map has no store for them; left out where there were none.</summary>
    public long? ExternalUnread { get; init; }

    /// <summary>Places that the scan did not look at though nobody left them out, as they hold no row.</summary>
    public IReadOnlyList<string>? NotLookedAt { get; init; }

    /// <summary>Verified rows that hold no value; left out where an earlier version did not count them.</summary>
    public long? Empty { get; init; }

    /// <summary>Databases of earlier rotations that, as the operator said, no longer exist, each with its identity.</summary>
    public IReadOnlyList<string>? Gone { get; init; }

    /// <summary>Tables that, as the operator said, no longer exist, and in which rotations had left failures.</summary>
    public IReadOnlyList<string>? GoneTables { get; init; }
}
