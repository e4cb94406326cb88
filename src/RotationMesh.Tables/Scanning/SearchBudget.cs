using System.Diagnostics;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// The time in which tenants are searched for that rows do not name. A place may use a quarter of what the others have left,
/// so that one column of random tokens leaves most of it to them.
/// </summary>
internal sealed class SearchBudget(TimeSpan patience, CancellationToken cancellationToken)
{
    private const int Shares = 4;

    /// <summary>Share of the whole that a place may use for values that were tried with the tenants of their rows.</summary>
    private const int ExtraShares = 60;

    /// <summary>What all places have used.</summary>
    public TimeSpan Used { get; private set; }

    /// <summary>
    /// A search for values of a place; an extra one is for those that were tried with the tenants that their rows name.
    /// </summary>
    public Search Begin(LocationUse place, bool isExtra)
    {
        var left = ((patience - (Used - place.Used)) / Shares) - place.Used;
        var extra = (patience / ExtraShares) - place.Extra;
        return new Search(this, place, isExtra, isExtra && extra < left ? extra : left);
    }

    private void EnsureWanted() => cancellationToken.ThrowIfCancellationRequested();

    /// <summary>What one place has used.</summary>
    internal sealed class LocationUse
    {
        public TimeSpan Used { get; set; }

        public TimeSpan Extra { get; set; }
    }

    /// <summary>One search, whose time counts from when it began to when it is disposed.</summary>
    internal sealed class Search(SearchBudget budget, LocationUse place, bool isExtra, TimeSpan left)
        : IDisposable
    {
        private readonly long began = Stopwatch.GetTimestamp();

        /// <summary>Whether its time is used up; throws <see cref="OperationCanceledException"/> where nobody waits for it.</summary>
        public bool IsOver()
        {
            budget.EnsureWanted();
            return Stopwatch.GetElapsedTime(began) > left;
        }

        public void Dispose()
        {
            var used = Stopwatch.GetElapsedTime(began);
            budget.Used += used;
            place.Used += used;
            place.Extra += isExtra ? used : TimeSpan.Zero;
        }
    }
}
