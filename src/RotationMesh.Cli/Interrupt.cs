using System.Runtime.InteropServices;

namespace RotationMesh.Cli;

/// <summary>
/// The first Ctrl-C (or SIGTERM) asks for an end after the batch in hand, the second ends at once. What has nothing in hand, or
/// waits for others, ends at once after two seconds: a lock may be held for hours.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>Time for an end in good order; with the last words it is two seconds.</summary>
    private static readonly TimeSpan GoodOrder = TimeSpan.FromSeconds(1.5);

    /// <summary>Time between two looks whether something is in hand still, and longest wait for what that takes.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Looks that may have no answer, one after the other.</summary>
    private const int Looks = 3;

    /// <summary>Longest time that an end at once takes to tell what is known.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] signals;
    private readonly TextWriter error;
    private volatile bool over;

    public Interrupt(TextWriter error)
    {
        this.error = error;
        signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    public CancellationToken Token => stopping.Token;

    /// <summary>Whether the process itself writes; else it only asks or follows.</summary>
    public bool HasWorkInHand { get; set; } = true;

    /// <summary>Tells what is known when the process ends at once.</summary>
    public Action Leaving { get; set; } = () => { };

    /// <summary>Whether the verb still ends by itself, because it has something in hand and waits for nobody else.</summary>
    public Func<CancellationToken, Task<bool>> IsEnding { get; set; } = _ => Task.FromResult(false);

    public void Dispose()
    {
        over = true;
        foreach (var signal in signals)
            signal.Dispose();
        stopping.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (stopping.IsCancellationRequested)
            Leave();

        if (HasWorkInHand)
            error.WriteLine("rotationmesh: stopping after the batch in hand; once more to stop at once");
        _ = Task.Run(LeaveInTimeAsync);
        stopping.Cancel();
    }

    private void Leave()
    {
        // On a thread of its own: what reads standard output may have stopped reading.
        Task.Run(Leaving).Wait(LastWords);
        Environment.Exit(ExitCodes.Interrupted);
    }

    private async Task LeaveInTimeAsync()
    {
        await Task.Delay(GoodOrder);
        for (
            var unanswered = 0;
            unanswered < Looks && await IsEndingAsync() is var ending && ending != false;

        )
        {
            unanswered = ending is null ? unanswered + 1 : 0;
            await Task.Delay(Look);
        }

        if (!over)
            Leave();
    }

    // Null where a database does not say: it may be far away, or the end would wait for it.
    private async Task<bool?> IsEndingAsync()
    {
        using var patience = new CancellationTokenSource(Look);
        try
        {
            return await IsEnding(patience.Token).WaitAsync(Look);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
