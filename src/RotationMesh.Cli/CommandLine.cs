using System.CommandLine;
using RotationMesh.Cli.Commands;
using RotationMesh.Cli.Options;
using RotationMesh.Cli.Output;
using RotationMesh.Core.Tracing;
using RotationMesh.Operations;
using RotationMesh.Telemetry.Tracing;

namespace RotationMesh.Cli;

/// <summary>The program <c>rotationmesh</c>: builds its verbs, and turns failures into one clear line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs one verb and returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        using var interrupt = new Interrupt(error);
        Terminal terminal = null!; // depends on the arguments, which only the verbs can parse
        var parsed = Root(_ => terminal, interrupt.Token).Parse(arguments);
        terminal = new Terminal(parsed, output, error) { CommandLine = CommandLineText.Of(arguments) };
        if (parsed.Errors.Count > 0)
            return terminal.Fail(
                ExitCodes.Usage,
                $"{parsed.Errors[^1].Message.TrimEnd('.')}; see rotationmesh --help"
            );
        using var telemetry = ProgramTelemetry.Start("rotationmesh");
        using var span = Spans.Verb(parsed.CommandResult.Command.Name);
        interrupt.Leaving = terminal.Leave;
        interrupt.IsEnding = timeout => terminal.IsEnding(timeout);
        interrupt.HasWorkInHand = parsed.GetValue(GlobalOptions.Server) is null;
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = output,
                    Error = error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null, // the interrupt above ends the batch in hand first
                }
            );
        }
        catch (Exception fault)
        {
            var failure = Failure.Of(fault, interrupt.Token.IsCancellationRequested);
            return terminal.Fail(failure.Kind.ExitCode(), failure.Message);
        }
    }

    /// <summary>Builds the tree of verbs and options.</summary>
    internal static RootCommand Root(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var root = new RootCommand(
            "Rotates the master keys of encrypted PostgreSQL columns: online, resumable, verifiable."
        )
        {
            GlobalOptions.Config,
            GlobalOptions.EnvFile,
            GlobalOptions.Server,
            GlobalOptions.Output,
        };
        foreach (var verb in Verbs())
            root.Subcommands.Add(verb.Build(terminal, stopping));
        return root;
    }

    private static IEnumerable<IVerb> Verbs() =>
        [
            new RotateVerb(),
            new StatusVerb(),
            new ListVerb(),
            new WatchVerb(),
            new ControlVerb(ControlAction.Pause, "Stop dispatching partitions; those in hand end"),
            new ControlVerb(ControlAction.Resume, "Go on with a paused rotation, and follow it to its end"),
            new ControlVerb(ControlAction.Cancel, "End a rotation; what is done stays done"),
            new ControlVerb(ControlAction.Retry, "Try again what failed, and follow it to its end"),
            new FailuresVerb(),
            new CensusVerb(),
            new VerifyVerb(),
            new KeysVerb(),
            new WorkersVerb(),
            new DoctorVerb(),
            new TokenVerb(),
            new AuditVerb(),
            new ReportVerb(),
            new SampleVerb(),
            new CompletionVerb(),
            new ManVerb(),
        ];
}
