using System.Diagnostics;

namespace RotationMesh.Tables.Scanning;

/// <summary>
/// The time for trying tenants that rows do not name. A place may use a quarter of what the others have left, so that a
/// column of random tokens leaves most of it to them.
/// </summary>
internal sealed class SearchBudget(TimeSpan limit, CancellationToken cancellationToken)
{
    private const int Shares = 4;

    /// <summary>
    /// A place may use one in this many parts of the whole time for values that were tried with the tenants of their rows.
    /// </summary>
    private const int ExtraShares = 60;

    /// <summary>Time that all places have used.</summary>
    public TimeSpan Used { get; private set; }

    /// <summary>
    /// Begins a search for values of a place; an extra one is for values that were tried with the tenants that their rows name.
    /// </summary>
    public Search Begin(LocationUse place, bool isExtra)
    {
        var left = ((limit - (Used - place.Used)) / Shares) - place.Used;
        var extra = (limit / ExtraShares) - place.Extra;
        return new Search(this, place, isExtra, isExtra && extra < left ? extra : left);
    }

    private void EnsureWanted() => cancellationToken.ThrowIfCancellationRequested();

    /// <summary>Time that one place has used.</summary>
    internal sealed class LocationUse
    {
        public TimeSpan Used { get; set; }

        public TimeSpan Extra { get; set; }
    }

    /// <summary>One search; its time counts from its beginning until it is disposed of.</summary>
    internal sealed class Search(SearchBudget budget, LocationUse place, bool isExtra, TimeSpan left)
        : IDisposable
    {
        private readonly long began = Stopwatch.GetTimestamp();

        /// <summary>
        /// Whether its time is used up; throws <see cref="OperationCanceledException"/> where the scan is cancelled.
        /// </summary>
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
