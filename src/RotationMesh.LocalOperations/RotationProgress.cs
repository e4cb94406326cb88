using System.Runtime.CompilerServices;
using RotationMesh.Core;

namespace RotationMesh.LocalOperations;

/// <summary>Where a rotation stands; all workers write it, and displays read it at any time.</summary>
public sealed class RotationProgress
{
    private long total;
    private long rotated;
    private long failed;
    private long conflicts;
    private long verified;
    private volatile string phase = RotationState.Checking;
    private volatile string? reason;
    private volatile string? waiting;
    private volatile StrongBox<Guid>? rotation;

    /// <summary>The rotation that is shown; null before it has an id.</summary>
    public Guid? RotationId
    {
        get => rotation?.Value;
        set => rotation = value is { } id ? new StrongBox<Guid>(id) : null;
    }

    /// <summary>State of the rotation, as the saga names it.</summary>
    public string Phase
    {
        get => phase;
        set => phase = value;
    }

    /// <summary>What holds it up; null where nothing does.</summary>
    public string? Reason
    {
        get => reason;
        set => reason = value;
    }

    /// <summary>
    /// What a stalled rotation waits for, as the servers say now; null where the rotation makes progress.
    /// </summary>
    public string? Waiting
    {
        get => waiting;
        set => waiting = value;
    }

    /// <summary>Rows that have to be rewritten, as the opening census counted them.</summary>
    public long Pending
    {
        get => Interlocked.Read(ref total);
        set => Interlocked.Exchange(ref total, value);
    }

    /// <summary>Rows rewritten so far.</summary>
    public long Rotated => Interlocked.Read(ref rotated);

    /// <summary>Failures seen so far.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Conflicts seen so far.</summary>
    public long Conflicts => Interlocked.Read(ref conflicts);

    /// <summary>Rows decrypted by verification so far.</summary>
    public long Verified => Interlocked.Read(ref verified);

    /// <summary>Adds a step of a partition.</summary>
    public void Add(RowCounts step)
    {
        ArgumentNullException.ThrowIfNull(step);
        Interlocked.Add(ref rotated, step.Rotated);
        Interlocked.Add(ref failed, step.Failed);
        Interlocked.Add(ref conflicts, step.Conflicts);
    }

    /// <summary>Adds rows that verification decrypted.</summary>
    public void AddVerified(long rows) => Interlocked.Add(ref verified, rows);
}
