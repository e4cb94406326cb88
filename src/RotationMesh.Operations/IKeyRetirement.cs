using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>Takes old key versions out of service.</summary>
public interface IKeyRetirement
{
    /// <summary>
    /// Retires a version where nothing refers to it any more: a census of every database, a verification of every row
    /// without that version's key, recorded failures and external values decide, and a scan of what the map does not name,
    /// unless the order says why there is none. Else nothing is written, and the
    /// document says what is in the way. One that is retired already stays so. Throws <c>UsageException</c> for a version
    /// that never was, and where the map does not fit.
    /// </summary>
    Task<RetirementDocument> RetireAsync(
        RetirementOrder order,
        IProgress<ProgressDocument> progress,
        CancellationToken cancellationToken
    );
}

/// <summary>A version to retire, who asks, and by which command line.</summary>
public sealed record RetirementOrder
{
    /// <summary>The key version.</summary>
    public required int Version { get; init; }

    /// <summary>Who asks, as the audit log shows it; a coordinator puts the name of the token in its place.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line by which it is asked; it holds no secret, as no option takes one.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Why what the map does not name is not scanned; null: it is. It is recorded.</summary>
    public string? SkipScanReason { get; init; }

    /// <summary>Tables and columns that are left out of the scan, and why. It is recorded.</summary>
    public IReadOnlyList<SkippedScan> SkippedScans { get; init; } = [];

    /// <summary>
    /// Databases that rotations were made for and that exist no more: by the names that the map had for them or, where several
    /// had one, as name=identity. So are tables in which rotations left failures, as database.table. It is recorded.
    /// </summary>
    public IReadOnlyList<string> Gone { get; init; } = [];
}
