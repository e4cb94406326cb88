using System.Diagnostics;
using NUnit.Framework;

namespace RotationMesh.TestKit.Processes;

/// <summary>A program that runs. Disposing kills it if it still does.</summary>
public sealed class ProcessRun : IAsyncDisposable
{
    private readonly Process process;
    private readonly CapturedText output;
    private readonly CapturedText error;
    private bool isDisposed;

    private ProcessRun(Process process)
    {
        this.process = process;
        output = new CapturedText(process.StandardOutput);
        error = new CapturedText(process.StandardError);
    }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>What it has written to standard output so far.</summary>
    public string OutputSoFar => output.SoFar;

    /// <summary>What it has written to standard error so far.</summary>
    public string ErrorSoFar => error.SoFar;

    /// <summary>SIGKILL: it gets no chance to clean up.</summary>
    public void Kill() => process.Kill();

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public void Interrupt() => Send(Signal.Interrupt);

    /// <summary>SIGTERM, as an orchestrator sends it.</summary>
    public void Terminate() => Send(Signal.Terminate);

    /// <summary>SIGSTOP (Linux): it neither works nor ends, and its connections stay open.</summary>
    public void Freeze() => Send(Signal.Stop);

    /// <summary>SIGCONT (Linux): it goes on after <see cref="Freeze"/>.</summary>
    public void Thaw() => Send(Signal.Continue);

    /// <summary>Waits for its end; kills it and fails the test at the deadline.</summary>
    public async Task<ProcessOutcome> EndAsync(TimeSpan deadline)
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(deadline);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            var written = $"--- standard output\n{OutputSoFar}\n--- standard error\n{ErrorSoFar}";
            Assert.Fail(
                $"{process.StartInfo.FileName} did not end within {deadline.TotalSeconds:0.###} s\n{written}"
            );
        }

        return new ProcessOutcome(process.ExitCode, await output.AllAsync(), await error.AllAsync());
    }

    /// <summary>Kills it if it still runs. Once is enough, twice does no harm: a test and its fixture may both do it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
            return;
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    internal static ProcessRun Start(CommandLine command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(ConfiguresTheProduct).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((var name, var value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProcessRun(process);
    }

    private static bool ConfiguresTheProduct(string variable) =>
        variable.StartsWith("ROTATIONMESH_", StringComparison.Ordinal)
        || variable.StartsWith("MASTER_ENCRYPTION_", StringComparison.Ordinal);

    private void Send(Signal signal)
    {
        if (!process.HasExited)
        {
            signal.SendTo(process.Id);
        }
    }
}
