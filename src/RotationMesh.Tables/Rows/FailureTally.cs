namespace RotationMesh.Tables.Rows;

/// <summary>
/// Counts the failed rows of a partition and passes them on some hundreds at a time: every row may fail, and memory must not
/// grow with their number.
/// </summary>
internal sealed class FailureTally(Func<IReadOnlyList<RowFailure>, Task> told)
{
    /// <summary>Number of rows that is worth a call: some tens of kilobytes, and far fewer calls than rows.</summary>
    private const int AtOnce = 500;

    private List<RowFailure> held = [];

    /// <summary>Failures so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a row. <see cref="TellEnoughAsync"/> or <see cref="TellAsync"/> passes it on.</summary>
    public void Add(RowFailure failure)
    {
        Count++;
        held.Add(failure);
    }

    /// <summary>Passes on the added rows once there are enough to be worth a call.</summary>
    public Task TellEnoughAsync() => held.Count >= AtOnce ? TellAsync() : Task.CompletedTask;

    /// <summary>Passes on the added rows.</summary>
    public async Task TellAsync()
    {
        if (held.Count == 0)
            return;
        var rows = held;
        held = [];
        await told(rows);
    }
}
