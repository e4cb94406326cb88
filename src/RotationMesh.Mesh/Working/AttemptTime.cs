using MassTransit;
using RotationMesh.Mesh.Standing;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// How long a worker may have a partition before it gives it back, from the moment that it got the message: RabbitMQ takes
/// back what is not acknowledged in time (<c>consumer_timeout</c>), with all else that the worker has fetched.
/// </summary>
internal sealed class AttemptTime(WorkerOptions options, ConsumerTimeout broker, TimeProvider clock)
{
    /// <summary>The time: no more than half of what the broker waits for, as far as it has said.</summary>
    public TimeSpan Limit =>
        broker.Told is { } told && told / 2 < options.LongestAttempt ? told / 2 : options.LongestAttempt;

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
            begun = time.Clock.GetTimestamp();
            over = new CancellationTokenSource(Left, time.Clock);
            ended = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping);
            time.Broker.Shortened += Shorten;
        }

        /// <summary>Set when the time is over, or the worker stops.</summary>
        public CancellationToken Token => ended.Token;

        /// <summary>Whether the time is over.</summary>
        public bool IsOver => over.IsCancellationRequested;

        private TimeSpan Left
        {
            get
            {
                var left = time.Limit - before - time.Clock.GetElapsedTime(begun);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            time.Broker.Shortened -= Shorten;
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

    private ConsumerTimeout Broker => broker;

    private TimeProvider Clock => clock;
}
