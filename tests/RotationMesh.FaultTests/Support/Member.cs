using RotationMesh.TestKit.Processes;

namespace RotationMesh.FaultTests.Support;

/// <summary>A process of the mesh, which dies and is started again as an orchestrator would.</summary>
internal sealed class Member(string name, CommandLine command) : IAsyncDisposable
{
    private readonly List<ProcessRun> lives = [command.Start()];

    /// <summary>SIGKILL, and a new process in its place.</summary>
    public void KillAndRestart()
    {
        Kill();
        Restart();
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => lives[^1].Kill();

    /// <summary>SIGSTOP: to the others it looks as if it worked, until they lose patience.</summary>
    public void Freeze() => lives[^1].Freeze();

    /// <summary>SIGCONT: it goes on as if nothing had been, with what it has in hand.</summary>
    public void Thaw() => lives[^1].Thaw();

    /// <summary>A new process in place of the dead one.</summary>
    public void Restart() => lives.Add(command.Start());

    /// <summary>The end of what its lives wrote, for whoever wonders why a test failed.</summary>
    public string Logs(int characters = 3000)
    {
        return string.Join(
            Environment.NewLine,
            lives.Select((life, i) => $"--- {name}, life {i + 1}: {Tail(life.OutputSoFar + life.ErrorSoFar)}")
        );

        string Tail(string text) => text.Length <= characters ? text : text[^characters..];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var life in lives)
            await life.DisposeAsync();
    }
}
