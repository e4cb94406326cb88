using System.Runtime.InteropServices;

namespace RotationMesh.Cli;

/// <summary>
/// Stops the program: the first Ctrl-C or SIGTERM after the current batch, the second at once. A verb that has no batch in
/// hand, or waits for other sessions, is ended after about two seconds: a lock may be held for hours.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>Time for a regular end; the last report may add <see cref="LastWords"/>.</summary>
    private static readonly TimeSpan GoodOrder = TimeSpan.FromSeconds(1.5);

    /// <summary>Time between two checks whether the verb is still ending, and longest wait for each answer.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Checks in a row without an answer after which the program ends.</summary>
    private const int Looks = 3;

    /// <summary>Longest time for the last report of a program that ends at once.</summary>
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

    /// <summary>Whether this process does the work itself; false where it only asks a coordinator.</summary>
    public bool HasWorkInHand { get; set; } = true;

    /// <summary>Writes the last report when the process ends at once.</summary>
    public Action Leaving { get; set; } = () => { };

    /// <summary>Whether the verb will end by itself: it has work in hand, and waits for no other session.</summary>
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
        // On another thread: the reader of standard output may have stopped, and a write would block.
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

    // Null where the database does not answer in time: it may be unreachable, and the end must not wait for it.
    private async Task<bool?> IsEndingAsync()
    {
        using var timeout = new CancellationTokenSource(Look);
        try
        {
            return await IsEnding(timeout.Token).WaitAsync(Look);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
