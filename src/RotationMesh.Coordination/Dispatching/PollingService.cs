using Microsoft.Extensions.Hosting;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Does one round after another until the host stops. A round that fails is logged, and another one follows: a coordinator
/// survives the loss of its broker and of its databases.
/// </summary>
/// <param name="interval">Time from one round to the next where nothing ends the wait earlier.</param>
/// <param name="clock">Measures the waits.</param>
/// <param name="onlyAtTicks">
/// Whether rounds begin only at the ticks of a timer: the first one interval after the start, and after a fault the next
/// one. Otherwise the first round begins at once, and a pause follows a fault.
/// </param>
internal abstract class PollingService(TimeSpan interval, TimeProvider clock, bool onlyAtTicks = false)
    : BackgroundService
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    /// <summary>The clock of the process.</summary>
    protected TimeProvider Clock => clock;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = onlyAtTicks ? new PeriodicTimer(interval, clock) : null;
        var waits = onlyAtTicks;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (waits && ticks is not null)
                    await ticks.WaitForNextTickAsync(stoppingToken);
                else if (waits)
                    await WaitAsync(interval, stoppingToken);
                waits = !await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                waits = onlyAtTicks;
                OnFault(fault, waits ? interval : PauseAfterFault);
                if (!waits)
                    await Task.Delay(PauseAfterFault, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Does one round. True where more may be left to do, so that the next one follows at once.</summary>
    protected abstract Task<bool> RunOnceAsync(CancellationToken stopping);

    /// <summary>Waits before the next round. A service that a signal wakes waits for that instead, at most for the same time.</summary>
    protected virtual Task WaitAsync(TimeSpan longest, CancellationToken stopping) =>
        Task.Delay(longest, clock, stopping);

    /// <summary>Logs the fault of a round and the pause after it, and forgets what the fault has made doubtful.</summary>
    protected abstract void OnFault(Exception fault, TimeSpan pause);
}
