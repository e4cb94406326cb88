using System.Runtime.InteropServices;

namespace RotationMesh.Cli;

/// <summary>The first Ctrl-C (or SIGTERM) asks for an end after the batch in hand, the second ends at once.</summary>
internal sealed class Interrupt : IDisposable
{
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
            Environment.Exit(ExitCodes.Interrupted);
        if (HasWorkInHand)
            error.WriteLine("rotationmesh: stopping after the batch in hand; once more to stop at once");
        stopping.Cancel();
    }
}
