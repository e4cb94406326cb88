namespace RotationMesh.Client;

/// <summary>
/// A stream of events that reconnects whenever it is cut. Each event holds the whole state, so a lost one does no harm.
/// </summary>
internal sealed class ReconnectingStream(Coordinator coordinator, string route, Action<string> lost)
    : IAsyncDisposable
{
    /// <summary>Longest absence of a coordinator: more than a restart or a failover takes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private IAsyncEnumerator<StreamedEvent>? events;
    private TimeSpan pause = FirstPause;
    private long? lostAt;

    /// <summary>
    /// Returns the next event. After five minutes without one, throws <see cref="CoordinatorUnreachableException"/> or
    /// <see cref="DatabaseFaultException"/>.
    /// </summary>
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

            // A random pause, so that the clients of one coordinator do not all reconnect at the same moment.
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
