using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Gates.Commands;

/// <summary>A run of one of the map's programs: its exit code and what it printed to standard output.</summary>
internal sealed record ProgramRun(int ExitCode, string Output)
{
    // A program needs these to find other programs and its own settings; any other variable may be a secret.
    private static readonly string[] Always = ["PATH", "HOME"];

    // Enough: a gate's program prints a line, and pgBackRest some kilobytes.
    private const int MaxOutputCharacters = 1 << 20;

    /// <summary>
    /// Runs the program to its end, without a shell, with PATH, HOME and the variables that the map names. Throws
    /// <see cref="GateUnreadableException"/> where it can't be started or does not end in time; then it is killed, with
    /// its children.
    /// </summary>
    public static async Task<ProgramRun> RunAsync(CommandLine command, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(command.Timeout);
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, limit.Token);
            var errors = ReadAsync(process.StandardError, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await errors;
            return new ProgramRun(process.ExitCode, await output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new GateUnreadableException(
                $"{command.Program} did not end within {command.Timeout.TotalSeconds:0.###} s"
            );
        }
    }

    private static Process Start(CommandLine command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Except([.. Always, .. command.Environment]).ToList())
            start.Environment.Remove(name);
        try
        {
            return Process.Start(start)
                ?? throw new GateUnreadableException($"{command.Program} could not be started");
        }
        catch (Win32Exception e)
        {
            throw new GateUnreadableException(
                $"{command.Program} could not be started: is it there, and may it be executed?",
                e
            );
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (text.Length < MaxOutputCharacters)
                text.Append(buffer, 0, count);
        }

        return text.ToString();
    }
}
