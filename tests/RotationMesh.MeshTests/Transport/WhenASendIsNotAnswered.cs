using NUnit.Framework;
using RotationMesh.Bus;

namespace RotationMesh.MeshTests.Transport;

/// <summary>A broker that never answers is a task that never ends: the real one does so by chance.</summary>
[TestFixture]
internal sealed class WhenASendIsNotAnswered
{
    [Test]
    public void It_ends_after_its_time() =>
        Assert.ThrowsAsync<SendTimeoutException>(() =>
            BoundedSends.WithinAsync(
                TimeSpan.FromMilliseconds(10),
                token => Task.Delay(Timeout.Infinite, token),
                CancellationToken.None
            )
        );

    [Test]
    public void Its_sender_may_still_end_it_before()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        Assert.ThrowsAsync<TaskCanceledException>(() =>
            BoundedSends.WithinAsync(token => Task.Delay(Timeout.Infinite, token), stopped.Token)
        );
    }
}
