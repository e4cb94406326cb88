using System.Runtime.InteropServices;

namespace RotationMesh.Cli;

/// <summary>The first Ctrl-C (or SIGTERM) asks for an end after the batch in hand, the second ends at once.</summary>
internal sealed class Interrupt : IDisposable
{
    /// <summary>Longest time that an end at once takes to tell what is known.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] signals;
    private readonly TextWriter error;

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

    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
        stopping.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (stopping.IsCancellationRequested)
        {
            // On a thread of its own: what reads standard output may have stopped reading.
            Task.Run(Leaving).Wait(LastWords);
            Environment.Exit(ExitCodes.Interrupted);
        }

        if (HasWorkInHand)
            error.WriteLine("rotationmesh: stopping after the batch in hand; once more to stop at once");
        stopping.Cancel();
    }
}
