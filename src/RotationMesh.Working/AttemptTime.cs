using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Bus.Standing;

namespace RotationMesh.Working;

/// <summary>
/// Limits how long a worker keeps a partition before it returns it: RabbitMQ takes back a message that is not
/// acknowledged in time (<c>consumer_timeout</c>), with all others that the worker has prefetched.
/// </summary>
internal sealed class AttemptTime
{
    /// <summary>
    /// Share of the broker's timeout: a message may have waited as long for the one before it, and the batch in hand
    /// must still end.
    /// </summary>
    private const double Share = 1.0 / 3;

    private readonly WorkerOptions options;
    private readonly ConsumerTimeout broker;
    private readonly TimeProvider clock;

    public AttemptTime(
        WorkerOptions options,
        ConsumerTimeout broker,
        TimeProvider clock,
        ILogger<AttemptTime> log
    )
    {
        (this.options, this.broker, this.clock) = (options, broker, clock);
        broker.Shortened += () =>
        {
            if (Limit < options.LongestAttempt)
                MeshLog.AttemptsShortened(log, Limit, broker.Shortest!.Value);
        };
    }

    /// <summary>Longest time from the delivery of a message until its partition is returned.</summary>
    public TimeSpan Limit =>
        broker.Shortest is { } told && told * Share < options.LongestAttempt
            ? told * Share
            : options.LongestAttempt;

    /// <summary>Starts the time of a message; <paramref name="stopping"/> ends the attempt as well.</summary>
    public Attempt Begin(ConsumeContext context, CancellationToken stopping) =>
        new(this, context.ReceiveContext.ElapsedTime, stopping);

    /// <summary>The time of one message.</summary>
    internal sealed class Attempt : IDisposable
    {
        private readonly AttemptTime time;
        private readonly TimeSpan before;
        private readonly long begun;
        private readonly CancellationTokenSource over;
        private readonly CancellationTokenSource ended;

        public Attempt(AttemptTime time, TimeSpan before, CancellationToken stopping)
        {
            (this.time, this.before) = (time, before);
            begun = time.clock.GetTimestamp();
            over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time.clock);
            ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping);
            time.broker.Shortened += Shorten;
            Shorten(); // sets the first limit; the event shortens it later
        }

        /// <summary>Cancelled when the time is over, or the worker stops.</summary>
        public CancellationToken Token => ended.Token;

        /// <summary>Whether the time is over.</summary>
        public bool IsOver => over.IsCancellationRequested;

        /// <summary>Whether so much time is left that, should it run out, the limit was too short.</summary>
        public bool IsYoung => Left > time.Limit / 4;

        private TimeSpan Left
        {
            get
            {
                var left = time.Limit - before - time.clock.GetElapsedTime(begun);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            time.broker.Shortened -= Shorten;
            ended.Dispose();
            over.Dispose();
        }

        private void Shorten()
        {
            try
            {
                over.CancelAfter(Left);
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }
    }
}
