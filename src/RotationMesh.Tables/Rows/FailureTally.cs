namespace RotationMesh.Tables.Rows;

/// <summary>
/// Counts the failed rows of a partition and passes them on some hundreds at a time: there may be as many as rows, and
/// memory must not grow with them.
/// </summary>
internal sealed class FailureTally(Func<IReadOnlyList<RowFailure>, Task> told)
{
    /// <summary>Rows that are passed on at once: some tens of kilobytes, and far fewer calls than rows.</summary>
    private const int AtOnce = 500;

    private List<RowFailure> held = [];

    /// <summary>Failures so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a row; it is passed on by one of the next two.</summary>
    public void Add(RowFailure failure)
    {
        Count++;
        held.Add(failure);
    }

    /// <summary>Passes on what is held, once it is enough to be worth it.</summary>
    public Task TellEnoughAsync() => held.Count >= AtOnce ? TellAsync() : Task.CompletedTask;

    /// <summary>Passes on what is held.</summary>
    public async Task TellAsync()
    {
        if (held.Count == 0)
            return;
        var rows = held;
        held = [];
        await told(rows);
    }
}
