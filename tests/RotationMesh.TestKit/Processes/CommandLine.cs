namespace RotationMesh.TestKit.Processes;

/// <summary>
/// A program and what it is started with. It reads nothing from standard input, and of this process's environment it
/// sees nothing that would configure it: only the variables given here.
/// </summary>
public sealed record CommandLine(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables added to the environment; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } =
        new Dictionary<string, string?>();

    /// <summary>Where it runs; the checkout unless said otherwise.</summary>
    public string Directory { get; init; } = RepositoryRoot.Path;

    /// <summary>Starts it and returns at once.</summary>
    public ProcessRun Start() => ProcessRun.Start(this);

    /// <summary>Starts it and waits for its end; kills it and fails the test at the deadline.</summary>
    public async Task<ProcessOutcome> RunAsync(TimeSpan deadline)
    {
        await using ProcessRun run = Start();
        return await run.EndAsync(deadline);
    }
}
