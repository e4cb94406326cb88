namespace RotationMesh.Benchmarks;

/// <summary>One line of the table: something that is run on a fresh copy, and returns seconds of its client.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="RunAsync">Runs it; returns the client's processor seconds, and the seconds by the clock.</param>
internal sealed record CostPart(
    string Name,
    Func<SampleFixture, Task<(double Processor, double Wall)>> RunAsync
)
{
    /// <summary>Whether it rewrites every row, so that it can be compared with the ceiling.</summary>
    public bool Rewrites { get; init; }

    /// <summary>Whether the table is emptied before.</summary>
    public bool Emptied { get; init; }

    /// <summary>
    /// The parts in the order of a run; the ceiling is the first. "Full" is said although it is the default: of 1,000,000
    /// rows the default decrypts a sample.
    /// </summary>
    public static IReadOnlyList<CostPart> All { get; } =
    [
        new("ceiling: two SQL sessions that rewrite halves", RewriteAsync) { Rewrites = true },
        Rotate("`rotate --verify counts`", "--verify", "counts") with
        {
            Rewrites = true,
        },
        Rotate("`rotate --verify full`", "--verify", "full") with
        {
            Rewrites = true,
        },
        Rotate("`rotate --dry-run`", "--dry-run"),
        Rotate("`rotate` of an empty table") with
        {
            Emptied = true,
        },
    ];

    private static CostPart Rotate(string name, params string[] options) =>
        new(name, fixture => RotateAsync(fixture, options));

    // The process that benchmarks only waits for the two sessions.
    private static async Task<(double Processor, double Wall)> RewriteAsync(SampleFixture fixture) =>
        (0, await fixture.Database.RewriteAsync());

    private static async Task<(double Processor, double Wall)> RotateAsync(
        SampleFixture fixture,
        string[] options
    )
    {
        var figures = await fixture.RotateCopyAsync(_ => { }, options);
        return (figures.ProcessorSeconds, figures.Seconds);
    }
}
