using System.Diagnostics;
using System.Globalization;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Map;
using RotationMesh.MeshTests.Support;
using RotationMesh.Sample;
using RotationMesh.TestKit;
using RotationMesh.Working;

namespace RotationMesh.MeshTests.Faults;

/// <summary>
/// A hundred small rotations whose messages are lost, repeated and late, each by a schedule of its own. Half of them have a
/// dead tenant: one of its rows never decrypts. To run one of them alone set the variables that a failure names; the seed is
/// another in each run, and <c>ROTATIONMESH_TEST_SCHEDULES</c> asks for more of them.
/// </summary>
[TestFixture]
internal sealed class WhenSchedulesAreRandom
{
    private const string SeedVariable = "ROTATIONMESH_TEST_SEED";
    private const string ScheduleVariable = "ROTATIONMESH_TEST_SCHEDULE";

    private const string SchedulesVariable = "ROTATIONMESH_TEST_SCHEDULES";

    private static readonly int Schedules = Given(SchedulesVariable) ?? 100;

    /// <summary>Tenants of a rotation; where there is a dead one, it is the last.</summary>
    private const int TenantsEach = 2;

    /// <summary>Rotations that run side by side: what is lost is waited for, and meanwhile others go on.</summary>
    private const int AtOnce = 30;

    /// <summary>Time in which at least one of them ends, however busy the machine is.</summary>
    private static readonly TimeSpan Standstill = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A start that has not been heard by then was lost, and is asked for again as an operator would.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    private static readonly LedgerRules Impatient = new()
    {
        Lease = TimeSpan.FromSeconds(4),
        WriteTime = TimeSpan.FromSeconds(3),
        StallTimeout = TimeSpan.FromSeconds(1),
        FirstDelay = TimeSpan.FromMilliseconds(100),
    };

    [Test]
    public async Task Every_rotation_ends_and_none_says_more_than_is_true()
    {
        var forecast = new Forecast(Given(SeedVariable) ?? Random.Shared.Next());
        int[] schedules = Given(ScheduleVariable) is { } one ? [one] : [.. Enumerable.Range(0, Schedules)];
        await using var sample = await SampleWorld.LoadAsync(
            new SampleOptions
            {
                Rows = 2 * TenantsEach * Schedules,
                Tenants = TenantsEach * Schedules,
                Connectors = 2 * TenantsEach * Schedules,
                NullTenantShare = 0,
            }
        );
        await using var world = sample.Beside(TwoTables(sample));
        var cast = await CastAsync(world);
        await using var mesh = await RunningMesh.OpenAsync(
            world,
            new WorkerOptions { Concurrency = 4, Heartbeat = TimeSpan.FromMilliseconds(400) },
            window: 4 * AtOnce,
            nudge: TimeSpan.FromSeconds(2),
            rules: Impatient,
            configure: bus =>
                bus.AddConfigureEndpointsCallback(
                    (context, _, endpoint) =>
                        endpoint.UseFilter(new Weather(forecast, context.GetRequiredService<IBus>))
                )
        );
        await JudgeEndsAsync(world);

        var watch = Stopwatch.StartNew();
        await RunAllAsync(world, mesh, forecast, cast, schedules);
        TestContext.Out.WriteLine(
            $"seed {forecast.Seed}: {schedules.Length} schedules in {watch.Elapsed.TotalSeconds:0} s; of the messages {forecast.Lost} lost, {forecast.Repeated} three times, {forecast.Late} late"
        );

        var wrong = new List<string>();
        foreach (var schedule in schedules)
            if (await FindFaultAsync(world, forecast.Rotation(schedule), IsDead(schedule)) is { } fault)
                wrong.Add(
                    $"{SeedVariable}={forecast.Seed} {ScheduleVariable}={schedule} ({forecast.Rotation(schedule)}): {fault}"
                );
        Assert.That(wrong, Is.Empty);
        Assert.That(forecast.Lost, Is.GreaterThan(schedules.Length));
    }

    private static int? Given(string variable) =>
        Missing.Variable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static bool IsDead(int schedule) => schedule % 2 == 1;

    // A partition of each to rotate and to verify; a third table would only cost more.
    private static RotationMap TwoTables(SampleWorld sample)
    {
        var yaml = SampleMap.Yaml("APP");
        return SampleWorld.Read(
            yaml[..yaml.IndexOf("    - table: knowledge_sources", StringComparison.Ordinal)],
            _ => sample.Database.ConnectionString
        );
    }

    // The tenants of each schedule, the last of them damaged where the schedule has a dead one.
    private static async Task<string[][]> CastAsync(SampleWorld world)
    {
        var all =
            await world.Database.ScalarAsync<string[]>("SELECT array_agg(id ORDER BY id) FROM tenants") ?? [];
        string[][] cast = [.. all.Chunk(TenantsEach)];
        var dead = cast.Where((_, schedule) => IsDead(schedule)).Select(tenants => tenants[^1]);
        await world.Database.ExecuteAsync(
            $$"""
            UPDATE connectors SET "encryptedAccessToken" = 'not an envelope' WHERE id IN (
                SELECT min(id) FROM connectors WHERE "tenantId" = ANY ('{{{string.Join(
                ',',
                dead
            )}}}') GROUP BY "tenantId"
            )
            """
        );
        await world.Database.ExecuteAsync("ANALYZE");
        return cast;
    }

    // In the transaction that ends a rotation: a moment later a late message may have made true what was not. With a search
    // path of its own, because the sessions that fire it have none.
    private static Task<int> JudgeEndsAsync(SampleWorld world) =>
        world.Database.ExecuteAsync(
            """
            CREATE TABLE public.ends (rotation uuid, state text, summary jsonb, undone bigint);
            CREATE FUNCTION public.judge() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
            BEGIN
                INSERT INTO public.ends SELECT NEW.correlation_id, NEW.state, NEW.summary,
                    (SELECT count(*) FROM connectors WHERE "tenantId" = ANY (NEW.tenants) AND encryption_key_version <> 2)
                  + (SELECT count(*) FROM knowledge_entries WHERE "tenantId" = ANY (NEW.tenants) AND encryption_key_version <> 2);
                RETURN NULL;
            END $$;
            CREATE TRIGGER judge AFTER UPDATE ON rotationmesh.rotations FOR EACH ROW
            WHEN (OLD.state <> NEW.state AND NEW.state IN ('Completed', 'CompletedWithFailures', 'Faulted', 'Cancelled'))
            EXECUTE FUNCTION public.judge();
            """
        );

    private static async Task RunAllAsync(
        SampleWorld world,
        RunningMesh mesh,
        Forecast forecast,
        string[][] cast,
        IEnumerable<int> schedules
    )
    {
        var waiting = new Queue<int>(schedules);
        var running = new Dictionary<Guid, (int Schedule, long Asked)>();
        var watch = Stopwatch.StartNew();
        while ((waiting.Count > 0 || running.Count > 0) && watch.Elapsed < Standstill)
        {
            while (running.Count < AtOnce && waiting.TryDequeue(out var schedule))
                running[forecast.Rotation(schedule)] = (schedule, 0);
            var known = (
                await new RunningRotations(world.Parts.Control).LatestAsync(Schedules, CancellationToken.None)
            ).ToDictionary(rotation => rotation.RotationId);
            foreach (var (id, (schedule, asked)) in running.ToList())
            {
                if (known.GetValueOrDefault(id) is { } rotation)
                {
                    if (rotation.IsOver && running.Remove(id))
                        watch.Restart();
                }
                else if (asked == 0 || Stopwatch.GetElapsedTime(asked) > AskAgain)
                {
                    running[id] = (schedule, Stopwatch.GetTimestamp());
                    await mesh.ControlAsync(mesh.Order(id, cast[schedule]));
                }
            }

            await Task.Delay(Interval);
        }
    }

    /// <summary>What is wrong with how a rotation ended; null where nothing is.</summary>
    private static Task<string?> FindFaultAsync(SampleWorld world, Guid rotation, bool dead) =>
        world.Database.ScalarAsync<string>(
            $"""
            SELECT CASE
                WHEN e.rotation IS NULL THEN format('never ended: %s, sweep %s, settled %s, %s', r.state, r.sweep, r.settled_sweep, r.reason)
                WHEN e.ends > 1 THEN format('ended %s times', e.ends)
                WHEN e.undone > {(dead ? 1 : 0)} THEN format('%s with %s rows undone', e.state, e.undone)
                WHEN e.state <> '{(dead
                ? "CompletedWithFailures"
                : "Completed")}' THEN format('%s: %s', e.state, r.reason)
                WHEN r.reason IS NOT NULL THEN format('%s still with the reason: %s', e.state, r.reason)
                WHEN s.failed <> {(dead ? 1 : 0)} OR s.rotated + s.failed <> s.rows THEN format('totals %s', s)
            END
            FROM (SELECT '{rotation}'::uuid AS id) one
            LEFT JOIN rotationmesh.rotations r ON r.correlation_id = one.id
            LEFT JOIN (SELECT rotation, count(*) AS ends, max(undone) AS undone, max(state) AS state FROM public.ends GROUP BY 1) e
                ON e.rotation = one.id
            LEFT JOIN LATERAL (
                SELECT sum((t ->> 'Rotated')::int) AS rotated, sum((t ->> 'Failed')::int) AS failed, (
                    SELECT (SELECT count(*) FROM connectors WHERE "tenantId" = ANY (r.tenants))
                         + (SELECT count(*) FROM knowledge_entries WHERE "tenantId" = ANY (r.tenants))
                ) AS rows
                FROM jsonb_array_elements(r.summary -> 'Tables') t
            ) s ON true
            """
        );
}
