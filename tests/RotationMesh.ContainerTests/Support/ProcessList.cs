using RotationMesh.TestKit;

namespace RotationMesh.ContainerTests.Support;

/// <summary>
/// Command lines of all processes of this machine, looked at over and over until it is disposed. Those of containers are among them
/// where the engine runs here.
/// </summary>
internal sealed class ProcessList : IAsyncDisposable
{
    private const string Processes = "/proc";

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);

    private readonly HashSet<string> seen = [];
    private readonly Task looking;
    private volatile bool isOver;

    public ProcessList() => looking = Task.Run(LookAsync);

    /// <summary>Looks no more, and returns what was seen.</summary>
    public async Task<HashSet<string>> EndAsync()
    {
        isOver = true;
        await looking;
        return seen;
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task LookAsync()
    {
        var pause = new PollPause(Shortest);
        while (!isOver && Directory.Exists(Processes))
        {
            foreach (var folder in Directory.EnumerateDirectories(Processes))
                if (char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                    seen.Add(Read(folder));
            await pause.WaitAsync();
        }
    }

    private static string Read(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it has just ended
        }
    }
}
