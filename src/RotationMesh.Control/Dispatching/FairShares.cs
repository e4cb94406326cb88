namespace RotationMesh.Control.Dispatching;

/// <summary>
/// Divides the free part of the window between databases: the one with the fewest dispatched partitions gets the next. So a
/// database with a million partitions, or one that does not answer, leaves the others their share, and a share that a
/// database does not need goes to the others.
/// </summary>
internal static class FairShares
{
    /// <summary>Returns how many partitions to take of which table.</summary>
    public static IReadOnlyDictionary<long, int> Divide(IReadOnlyList<DueTable> tables, DispatchWindow window)
    {
        var free = tables
            .GroupBy(table => table.RotationId)
            .ToDictionary(
                group => group.Key,
                group => window.PerRotation - group.Sum(table => table.Dispatched)
            );
        var queue = new PriorityQueue<Lane, long>();
        foreach (var lane in tables.GroupBy(table => (table.RotationId, table.Database)).Select(Lane.Of))
            Offer(queue, lane, window);

        var shares = new Dictionary<long, int>();
        for (var taken = 0; taken < window.PerTake && queue.TryDequeue(out var lane, out _); )
        {
            // The rotation's window is full: its lane is not offered again.
            if (free[lane.RotationId] <= 0)
                continue;
            free[lane.RotationId]--;
            taken++;
            var table = lane.Take();
            shares[table] = shares.GetValueOrDefault(table) + 1;
            Offer(queue, lane, window);
        }

        return shares;
    }

    private static void Offer(PriorityQueue<Lane, long> queue, Lane lane, DispatchWindow window)
    {
        if (lane.HasMore && lane.Held < window.PerDatabase)
            queue.Enqueue(lane, lane.Held);
    }

    /// <summary>One database of one rotation, its tables in the order in which they are taken.</summary>
    private sealed class Lane(Guid rotationId, long held, IEnumerable<DueTable> tables)
    {
        private readonly Queue<DueTable> rest = new(tables.Where(table => table.Due > 0));
        private long takenOfFirst;

        public Guid RotationId => rotationId;

        public long Held { get; private set; } = held;

        public bool HasMore => rest.Count > 0;

        public static Lane Of(IGrouping<(Guid RotationId, string Database), DueTable> tables) =>
            new(
                tables.Key.RotationId,
                tables.Sum(table => table.Dispatched),
                tables.OrderBy(table => table.Priority).ThenBy(table => table.SweepTableId)
            );

        public long Take()
        {
            var first = rest.Peek();
            Held++;
            if (++takenOfFirst == first.Due)
            {
                rest.Dequeue();
                takenOfFirst = 0;
            }

            return first.SweepTableId;
        }
    }
}

/// <summary>
/// A table of a sweep that is not settled, with the number of its dispatched partitions, and of those that may be taken now
/// (counted up to the size of one take).
/// </summary>
internal sealed record DueTable
{
    public long SweepTableId { get; init; }

    public Guid RotationId { get; init; }

    public string Database { get; init; } = "";

    public short Priority { get; init; }

    public long Dispatched { get; init; }

    public long Due { get; init; }
}
