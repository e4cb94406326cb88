namespace RotationMesh.Client;

/// <summary>
/// A stream of events that is opened again wherever it is cut. Each event tells everything, so none is missed for good.
/// </summary>
internal sealed class ReconnectingStream(Coordinator coordinator, string route, Action<string> lost)
    : IAsyncDisposable
{
    /// <summary>Longest time that a coordinator may be away: more than a restart or a failover takes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private IAsyncEnumerator<StreamedEvent>? events;
    private TimeSpan pause = FirstPause;
    private long? lostAt;

    /// <summary>The next event. Throws <see cref="CoordinatorUnreachableException"/> after five minutes without a connection.</summary>
    public async Task<StreamedEvent> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                events ??= coordinator
                    .ListenAsync(route, null, cancellationToken)
                    .GetAsyncEnumerator(cancellationToken);
                if (await events.MoveNextAsync())
                {
                    (lostAt, pause) = (null, FirstPause);
                    return events.Current;
                }

                throw Transport.Unreachable(coordinator.Server, "the connection was cut");
            }
            catch (Exception fault) when (fault is CoordinatorUnreachableException or DatabaseFaultException)
            {
                await DisposeAsync();
                lostAt ??= TimeProvider.System.GetTimestamp();
                if (TimeProvider.System.GetElapsedTime(lostAt.Value) > Timeout)
                    throw;
                lost(fault.Message);
            }

            // Watchers of one coordinator do not all come back at the same moment.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (events is not null)
            await events.DisposeAsync();
        events = null;
    }
}
