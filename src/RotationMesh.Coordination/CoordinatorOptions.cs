namespace RotationMesh.Coordination;

/// <summary>How a coordinator works.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>
    /// The one rotation that an embedding process runs; null for all but the embedded ones. A control database may hold
    /// both, and neither may take the other's partitions.
    /// </summary>
    public Guid? Only { get; init; }

    /// <summary>
    /// Partitions dispatched at a time. The default value is 256: enough that a hundred workers never wait for the
    /// dispatcher, few enough that two workers finish all of them within the lease.
    /// </summary>
    public int Window { get; init; } = 256;

    /// <summary>
    /// Partitions of one database dispatched at a time. The default value is 192, so that one database that hangs
    /// leaves room for the others.
    /// </summary>
    public int WindowOfDatabase { get; init; } = 192;

    /// <summary>
    /// Time between two nudges of a rotation. The default value is 5 seconds: work that a dead process left undone is
    /// resumed within that time.
    /// </summary>
    public TimeSpan Nudge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Longest wait of a rotation's closing censuses for transactions that were open before them. The default value is
    /// 10 minutes: longer than a job of an application keeps a transaction open, and short enough that an operator
    /// learns of a forgotten one within the hour.
    /// </summary>
    public TimeSpan WriterTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Longest time that a rotation stays stalled because a table or column of the map is gone; then it is paused. The
    /// default value is 10 minutes: longer than a deployment takes to swap a table.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Checks that a coordinator can work so. Throws <see cref="ArgumentOutOfRangeException"/> with the name of the first option
    /// that is out of its bounds.
    /// </summary>
    public void EnsureValid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowOfDatabase, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(WindowOfDatabase, Window);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Nudge, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(WriterTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Patience, TimeSpan.Zero);
    }
}
