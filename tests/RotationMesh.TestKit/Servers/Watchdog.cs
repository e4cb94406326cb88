using System.Diagnostics;

namespace RotationMesh.TestKit.Servers;

/// <summary>
/// A shell that runs a private server and ends it, with its folder, as soon as the pipe to this process breaks. It takes
/// one command a line and answers each with one line.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    private readonly Process shell;

    private Watchdog(Process shell) => this.shell = shell;

    /// <summary>Starts the script of that name in a folder of its own; its first line tells whether the server is ready.</summary>
    public static Watchdog Start(string script, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true };
        // In a session of its own, it survives the signals and the kill of a whole process tree that end a test run.
        string[] command =
        [
            .. Machine.OnPath("setsid") ? ["setsid", "--fork"] : Array.Empty<string>(),
            "sh",
            "-c",
            Read(script),
        ];
        start.FileName = command[0];
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment["DIRECTORY"] = Machine.CreateServerFolder();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Watchdog(Process.Start(start)!);
    }

    /// <summary>The next line that the script says; null where it has ended.</summary>
    public Task<string?> AnswerAsync() => shell.StandardOutput.ReadLineAsync();

    /// <summary>Everything else that it says until its end.</summary>
    public Task<string> RestAsync() => shell.StandardOutput.ReadToEndAsync();

    /// <summary>Gives a command; throws with the answer where it is not the expected one.</summary>
    public async Task TellAsync(string command, string expected)
    {
        await shell.StandardInput.WriteLineAsync(command);
        await shell.StandardInput.FlushAsync();
        if (await AnswerAsync() is var answer && answer != expected)
            throw new InvalidOperationException($"the server did not {command}: {answer}");
    }

    /// <summary>Ends the server.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        // The script may be a grandchild; its end is the end of its output.
        await RestAsync();
        shell.Dispose();
    }

    private static string Read(string script)
    {
        using Stream stream = typeof(Watchdog).Assembly.GetManifestResourceStream(script)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
