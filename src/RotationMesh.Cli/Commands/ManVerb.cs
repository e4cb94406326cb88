using System.CommandLine;
using RotationMesh.Cli.Manual;
using RotationMesh.Cli.Output;
using RotationMesh.Cli.Tree;
using RotationMesh.Core;

namespace RotationMesh.Cli.Commands;

/// <summary><c>man</c>: writes the man pages of the program and of every verb.</summary>
internal sealed class ManVerb : IVerb
{
    private readonly Option<string> directory = new("--directory")
    {
        Description = "Where the pages are written; it is created where it is missing",
        HelpName = "DIR",
        Required = true,
    };

    public Command Build(Func<ParseResult, Terminal> terminal, CancellationToken stopping)
    {
        var command = new Command("man", "Write a man page of this program, and one of each verb")
        {
            directory,
        };
        command.SetAction(parsed => Write(parsed, terminal(parsed)));
        return command;
    }

    private int Write(ParseResult parsed, Terminal terminal)
    {
        var folder = parsed.GetValue(directory)!;
        var version = typeof(ManVerb).Assembly.GetName().Version!.ToString(3);
        ManPage[] pages = [.. ManPage.All(VerbNode.Of(parsed.RootCommandResult.Command), version)];
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var page in pages)
                File.WriteAllText(Path.Combine(folder, page.FileName), page.ToRoff());
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--directory can't be written: {fault.Message}", fault);
        }

        terminal.Tables.Line($"{pages.Length} pages are in {folder}");
        terminal.WriteJson(new { directory = folder, pages = pages.Select(page => page.FileName) });
        return ExitCodes.Success;
    }
}
