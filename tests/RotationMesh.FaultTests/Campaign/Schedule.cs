using System.Diagnostics;
using RotationMesh.FaultTests.Support;

namespace RotationMesh.FaultTests.Campaign;

/// <summary>
/// One rotation, disturbed at random, and what it claims held against what the rows are. Old versions are written only by
/// transactions that began before the rotation was asked for: those are what a census could miss. Beside the rotation the
/// application writes at the rotation's own version.
/// </summary>
internal sealed class Schedule(CampaignSite site, Application application, Random random, Claims claims)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(1200);

    /// <summary>
    /// Longest time without progress once nothing disturbs it any more; deadlines of frozen workers are within. The whole may
    /// take longer: the machine may be busy.
    /// </summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(6);

    private readonly List<string> steps = [];
    private readonly List<Member> frozen = [];

    /// <summary>What was done, in order.</summary>
    public string Steps => string.Join(", ", steps);

    /// <summary>Runs it; returns what was claimed and is not so, or what stands still without a reason.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var target = Pick(claims.InService);
        for (var i = random.Next(3); i > 0; i--)
            await StepAsync(
                "a writer of an old version",
                () => application.WriteAsync(Pick(claims.InService))
            );
        steps.Add($"rotate to {target}");
        claims.Forget();
        var rotation = await site.RotateAsync(target);
        for (var i = 1 + random.Next(5); i > 0; i--)
        {
            await Task.Delay(random.NextDouble() * LongestPause);
            await DisturbAsync(rotation, target);
        }

        foreach (var member in frozen)
            member.Thaw();
        await application.EndAllAsync();
        steps.Add("calm");
        return await SettleAsync(rotation, target);
    }

    private async Task<IReadOnlyList<string>> SettleAsync(Guid rotation, int target)
    {
        var watch = Stopwatch.StartNew();
        var (progress, since) = ("", watch.Elapsed);
        var (state, concluded, reason) = await site.StateAsync(rotation);
        while (!(concluded || state is "Faulted" or "Paused") && watch.Elapsed - since < Calm)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200));
            (state, concluded, reason) = await site.StateAsync(rotation);
            if (await site.ProgressAsync(rotation) is var now && now != progress)
                (progress, since) = (now, watch.Elapsed);
        }

        steps.Add($"{state} after {watch.Elapsed.TotalSeconds:0.0} s");
        if (!(concluded || state is "Faulted" or "Paused"))
            return [$"nothing went on for {Calm}: {state}, {reason}\n{await site.DescribeAsync(rotation)}"];
        if (state == "Paused")
            await site.CancelAsync(rotation); // by the breaker, which an operator sees to
        if (state == "Completed")
            claims.AllAt = target;
        if (random.Next(2) == 0)
            await RetireAsync(Pick(claims.InService));
        return await application.CheckAsync(claims.AllAt, claims.Retired);
    }

    private Task DisturbAsync(Guid rotation, int target) =>
        random.Next(10) switch
        {
            0 => StepAsync("a writer of the new version", () => application.WriteAsync(target)),
            1 or 2 => StepAsync("a transaction ends", application.EndOneAsync),
            3 => StepAsync("a worker freezes", () => FreezeAsync(site.Workers[random.Next(2)])),
            4 => StepAsync(
                "a worker is killed",
                () =>
                {
                    var worker = site.Workers[random.Next(2)];
                    frozen.Remove(worker);
                    worker.KillAndRestart();
                    return Task.CompletedTask;
                }
            ),
            5 => StepAsync(
                "the coordinator is killed",
                () =>
                {
                    frozen.Remove(site.Coordinator);
                    site.Coordinator.KillAndRestart();
                    return Task.CompletedTask;
                }
            ),
            6 => StepAsync("the rotation is cancelled", () => site.CancelAsync(rotation)),
            7 => StepAsync("every connection is closed", site.CloseConnectionsAsync),
            8 => StepAsync("the broker restarts", site.RestartBrokerAsync),
            _ => RetireAsync(Pick(claims.InService)),
        };

    private Task FreezeAsync(Member member)
    {
        if (!frozen.Contains(member))
        {
            member.Freeze();
            frozen.Add(member);
        }

        return Task.CompletedTask;
    }

    // Nobody writes a version while it is being retired: an application that went on would make any answer wrong.
    private async Task RetireAsync(int version)
    {
        if (version == CampaignSite.Newest || claims.InService.Count < 4)
            return;
        var outcome = await site.RetireAsync(version);
        steps.Add($"retire {version}: {outcome.ExitCode}");
        if (outcome.ExitCode == 0)
            claims.Retire(version);
    }

    private async Task StepAsync(string name, Func<Task> step)
    {
        steps.Add($"{name} ({DateTime.UtcNow:HH:mm:ss})");
        await step();
    }

    private int Pick(IReadOnlyList<int> versions) => versions[random.Next(versions.Count)];
}

/// <summary>What the program has claimed of a site, and what must stay true.</summary>
internal sealed class Claims
{
    private readonly List<int> inService = [.. Enumerable.Range(1, CampaignSite.Newest)];
    private readonly List<int> retired = [];

    /// <summary>The version that every row has, as the last rotation said; null since another one was asked for.</summary>
    public int? AllAt { get; set; }

    public IReadOnlyList<int> InService => inService;

    public IReadOnlyCollection<int> Retired => retired;

    public void Forget() => AllAt = null;

    public void Retire(int version)
    {
        inService.Remove(version);
        retired.Add(version);
    }
}
