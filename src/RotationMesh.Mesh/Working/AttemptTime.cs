using MassTransit;
using Microsoft.Extensions.Logging;
using RotationMesh.Mesh.Standing;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// How long a worker may have a partition before it gives it back: RabbitMQ takes back what is not acknowledged in time
/// (<c>consumer_timeout</c>), with all else that the worker has fetched.
/// </summary>
internal sealed class AttemptTime
{
    /// <summary>
    /// Share of the broker's time: a message may have waited for as long for the one before it, and batches in hand are ended.
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
                MeshLog.AttemptsShortened(log, Limit, broker.Told!.Value);
        };
    }

    /// <summary>The time.</summary>
    public TimeSpan Limit =>
        broker.Told is { } told && told * Share < options.LongestAttempt
            ? told * Share
            : options.LongestAttempt;

    /// <summary>Begins to count for a message; <paramref name="stopping"/> ends it as well.</summary>
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
            Shorten(); // heard of from now on
        }

        /// <summary>Set when the time is over, or the worker stops.</summary>
        public CancellationToken Token => ended.Token;

        /// <summary>Whether the time is over.</summary>
        public bool IsOver => over.IsCancellationRequested;

        /// <summary>Whether enough of the time is left to say that it was too short where it does not do.</summary>
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
