using RotationMesh.Coordination.Surveying;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Writers;

/// <summary>The limit of the wait for open transactions is of the waits alone, and not of what a rotation does between them.</summary>
public sealed class WhenACensusWaitsMoreThanOnce
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    private readonly HandSetClock clock = new();
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a", version: 2)]);
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_long_sweep_between_two_waits_leaves_the_second_its_time()
    {
        var census = new SettledCensus(fixture.Databases, Timeout, clock);
        Assert.That(await WaitsAsync(census, sweep: 1, inBetween: TimeSpan.FromMinutes(4)), Is.True);
        clock.Now += TimeSpan.FromHours(5);

        Assert.That(await WaitsAsync(census, sweep: 2, inBetween: TimeSpan.FromMinutes(4)), Is.True);
    }

    [Test]
    public async Task Waits_of_several_sweeps_end_with_the_timeout_all_the_same()
    {
        var census = new SettledCensus(fixture.Databases, Timeout, clock);
        Assert.That(await WaitsAsync(census, sweep: 1, inBetween: TimeSpan.FromMinutes(6)), Is.True);
        clock.Now += TimeSpan.FromHours(5);

        Assert.That(await WaitsAsync(census, sweep: 2, inBetween: TimeSpan.FromMinutes(6)), Is.False);
    }

    // Whether it still waits for an open transaction after that time; then the transaction ends, and the census comes to its end.
    private async Task<bool> WaitsAsync(SettledCensus census, int sweep, TimeSpan inBetween)
    {
        var target = (await fixture.TargetsAsync()).Single();
        Task<Survey> RunAsync() =>
            census.RunAsync([new SurveyedTable(target, 1, [])], tenants: null, CancellationToken.None);
        await using var open = await OpenTransaction.BeginAsync(
            fixture,
            OpenTransaction.Insert($"open-{sweep}", version: 2)
        );
        census.Ask(sweep);
        Assert.That((await RunAsync()).Waiting, Is.Not.Null);
        clock.Now += inBetween;
        var waits = (await RunAsync()).Waiting is not null;
        await open.CommitAsync();
        Assert.That((await RunAsync()).Waiting, Is.Null);
        return waits;
    }

    private sealed class HandSetClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
