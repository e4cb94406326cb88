using RotationMesh.Operations.Documents;

namespace RotationMesh.Operations;

/// <summary>Takes old key versions out of service.</summary>
public interface IKeyRetirement
{
    /// <summary>
    /// Retires a version that nothing refers to any more. This is decided by a census of every database, a verification
    /// of every row without that version's key, recorded failures, external values, and a scan of what the map does not
    /// name, unless the order gives a reason to skip it. Where anything stands in the way, nothing is written, and the
    /// document says what. A version that is retired already stays retired. Throws <c>UsageException</c> for a version
    /// that never existed, and where the map does not fit.
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

    /// <summary>Who asks, as the audit log shows it; a coordinator replaces this with the name of the token.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Command line of the request; it contains no secret, as no option takes one.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Why no scan is made of what the map does not name; null to scan. It is recorded.</summary>
    public string? SkipScanReason { get; init; }

    /// <summary>Schemas, tables and columns that are left out of the scan, and why. It is recorded.</summary>
    public IReadOnlyList<SkippedScan> SkippedScans { get; init; } = [];

    /// <summary>
    /// Databases that rotations were made for and that no longer exist: by the names that the map had for them or, where
    /// several had one name, as name=identity. Also tables in which rotations left failures, as database.table. It is
    /// recorded.
    /// </summary>
    public IReadOnlyList<string> Gone { get; init; } = [];
}
