using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using RotationMesh.Cli.Options;
using RotationMesh.Operations.Http;
using Spectre.Console;

namespace RotationMesh.Cli.Output;

/// <summary>
/// Writes a verb's results. With <c>--output json</c>, standard output gets one document, and standard error all text for
/// people; otherwise standard output gets tables. Progress and errors always go to standard error.
/// </summary>
internal sealed class Terminal
{
    /// <summary>Width in columns where output is not a terminal, so that no line is wrapped.</summary>
    private const int UnfoldedWidth = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = PrintableEncoder.Instance,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly TextWriter output;
    private readonly Lock telling = new();
    private bool told;

    public Terminal(ParseResult parsed, TextWriter output, TextWriter error)
    {
        this.output = output;
        IsJson =
            parsed.GetResult(GlobalOptions.Output)?.Errors.Any() != true
            && parsed.GetValue(GlobalOptions.Output) == GlobalOptions.Json;
        Progress = Console(error, System.Console.IsErrorRedirected);
        Tables = IsJson ? Progress : Console(output, System.Console.IsOutputRedirected);
    }

    /// <summary>Whether standard output holds a JSON document.</summary>
    public bool IsJson { get; }

    /// <summary>What the operator typed, as the audit log keeps it.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Text for people while a verb runs.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>A verb's results for people.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Returns the rotation that the program leaves if it ends at once; null where there is none.</summary>
    public Func<LeftRotation?> Left { get; set; } = () => null;

    /// <summary>Whether a verb that was told to stop has work in hand, and will end by itself.</summary>
    public Func<CancellationToken, Task<bool>> IsEnding { get; set; } = _ => Task.FromResult(false);

    /// <summary>
    /// Writes the verb's document, where JSON is asked for; only the first call writes. Throws <see cref="IOException"/>
    /// where standard output can't be written: a reader must not take a missing document for success.
    /// </summary>
    public void WriteJson(object document)
    {
        if (!IsJson)
            return;
        var text = JsonSerializer.Serialize(document, Json);
        lock (telling)
        {
            if (!told)
                output.WriteLine(text);
            told = true;
        }
    }

    /// <summary>
    /// Reports why the verb failed, one line for each line of the message, and returns the exit code. A failure to write the
    /// report is ignored.
    /// </summary>
    public int Fail(int exitCode, string message)
    {
        TryTell(() =>
        {
            foreach (
                var line in message.Split(
                    '\n',
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
                )
            )
                Progress.Line("[red]rotationmesh:[/]", line);
        });
        TryTell(() => WriteJson(new { error = message, exitCode }));
        return exitCode;
    }

    /// <summary>Writes the last report of a program that ends at once.</summary>
    public void Leave()
    {
        const int exitCode = ExitCodes.Interrupted;
        const string error = "stopped at once";
        var left = Left();
        TryTell(() =>
            WriteJson(
                left is null
                    ? (object)new { error, exitCode }
                    : new
                    {
                        left.RotationId,
                        left.State,
                        error,
                        exitCode,
                    }
            )
        );
        TryTell(() =>
            Progress.Line(
                "[red]rotationmesh:[/]",
                left is null
                    ? error
                    : $"{error}; rotation {left.RotationId} was {left.State}: 'rotationmesh status {left.RotationId}' says how it is, and 'rotationmesh rotate' with the same options goes on with it"
            )
        );
    }

    private static void TryTell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception fault) when (CannotBeWritten(fault))
        {
            // The exit code still reports it.
        }
    }

    // The framework's exceptions for a descriptor that is closed, on a full disk, or not open for writing.
    private static bool CannotBeWritten(Exception fault) =>
        fault is IOException or ArgumentException or UnauthorizedAccessException or ObjectDisposedException;

    private static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            }
        );
        if (redirected)
            console.Profile.Width = UnfoldedWidth;
        return console;
    }
}
