using RotationMesh.Control.Guards;
using RotationMesh.Postgres;

namespace RotationMesh.Embedding;

/// <summary>
/// Holds an embedded rotation for this process as long as it lives. A lock that was lost with its session (an idle limit, a
/// failover, a pooler) is taken again. Where another process has it by then, that process continues the rotation.
/// </summary>
internal sealed class RunHold : IAsyncDisposable
{
    /// <summary>Time between two checks that the lock is held.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Silence after which a session that this process has lost, and that still holds the lock, is ended.</summary>
    private static readonly TimeSpan Remnant = TimeSpan.FromSeconds(3);

    private readonly RotationGuard guard;
    private readonly Guid rotationId;
    private readonly CancellationTokenSource end = new();
    private readonly Task looking;
    private HeldWork held;
    private volatile bool isTaken;

    public RunHold(RotationGuard guard, Guid rotationId, HeldWork held)
    {
        (this.guard, this.rotationId, this.held) = (guard, rotationId, held);
        looking = Task.Run(LookAsync);
    }

    /// <summary>Whether another process has taken the rotation over.</summary>
    public bool IsTaken => isTaken;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await looking;
        await held.DisposeAsync();
        end.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            while (!isTaken && await timer.WaitForNextTickAsync(end.Token))
                if (!await held.IsAliveAsync())
                    await TakeAgainAsync();
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }

    // Where the network was lost, the server may not know it yet: this process's own old session still holds the lock.
    private async Task LookAtAsync(WorkHolder holder)
    {
        if (holder.Pid != held.Session)
            isTaken = true;
        else
            await guard.TryEndSilentAsync(RotationGuard.Run, rotationId, Remnant, end.Token);
    }

    private async Task TakeAgainAsync()
    {
        try
        {
            if (await guard.TryHoldAsync(RotationGuard.Run, rotationId, end.Token) is { } again)
            {
                await held.DisposeAsync();
                held = again;
            }
            else if (await guard.FindHolderAsync(RotationGuard.Run, rotationId, end.Token) is { } holder)
                await LookAtAsync(holder);
        }
        catch (Exception fault) when (Faults.IsOfDatabase(fault))
        {
            // The control database is away, and nobody else can take the lock either.
        }
    }
}
