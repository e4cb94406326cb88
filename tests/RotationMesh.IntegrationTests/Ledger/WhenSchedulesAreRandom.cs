using CsCheck;
using RotationMesh.Control.Dispatching;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>
/// Workers that lose, repeat, delay and refuse, coordinators that can't tell what they sent: whatever the
/// order, every partition ends done exactly once.
/// </summary>
public sealed class WhenSchedulesAreRandom
{
    private const int Partitions = 12;

    private static readonly Gen<(Step Step, int Pick)[]> Schedules = Gen.Select(
        Gen.Enum<Step>(),
        Gen.Int[0, 999]
    ).Array[5, 60];

    private enum Step
    {
        Take,
        TakeAndCrash,
        Done,
        DoneTwice,
        Repeat,
        Stumble,
        Refuse,
        GiveBack,
        SignOfLife,
        ExpireAndReclaim,
    }

    [Test]
    public async Task Every_partition_is_done_once_and_the_totals_are_those_of_the_attempts_that_counted()
    {
        // Nothing fails for good: the limits have tests of their own.
        await using var scene = await LedgerScene.CreateAsync(
            new LedgerRules
            {
                FirstDelay = TimeSpan.Zero,
                MaxFailures = 1000,
                MaxExpiries = 1000,
            }
        );
        await Schedules.SampleAsync(
            async schedule =>
            {
                var run = new Run(scene);
                await run.BeginAsync();
                foreach (var (step, pick) in schedule)
                    await run.DoAsync(step, pick);
                await run.FinishAsync();
            },
            iter: 40,
            threads: 1 // the runs share the server; in turn they are no slower
        );
    }

    private sealed class Run(LedgerScene scene)
    {
        private readonly List<TakenPartition> sent = [];
        private readonly List<PartitionResult> said = [];
        private readonly Dictionary<long, long> counted = [];
        private Guid rotationId;

        public async Task BeginAsync()
        {
            rotationId = await scene.BeginRotationAsync();
            var sweep = new SweepKey(rotationId, 1, SweepPhase.Rotate);
            var plan = await scene.Plan.BeginTableAsync(
                sweep,
                LedgerScene.Table(),
                0,
                CancellationToken.None
            );
            await plan.AddAsync(LedgerScene.Ranges(LedgerScene.Table(), Partitions), CancellationToken.None);
            await scene.FinishPlanningAsync(sweep);
        }

        public Task DoAsync(Step step, int pick) =>
            step switch
            {
                Step.Take => TakeAsync(),
                Step.TakeAndCrash => TakeAndCrashAsync(),
                Step.Done => SayAsync(pick, partition => [Finish(partition)]),
                Step.DoneTwice => SayAsync(pick, partition => [Finish(partition), Finish(partition)]),
                Step.Repeat => SettleAsync(said.Count == 0 ? [] : [said[pick % said.Count]]),
                Step.Stumble => SayAsync(pick, partition => [partition.Stumbled()]),
                Step.Refuse => SayAsync(
                    pick,
                    partition => [partition.Refused("worker-2", "the map differs")]
                ),
                Step.GiveBack => SayAsync(pick, partition => [partition.Returned()]),
                Step.SignOfLife => SayAsync(pick, partition => [partition.Alive()]),
                Step.ExpireAndReclaim => ExpireAsync(),
                _ => throw new InvalidOperationException($"no such step: {step}"),
            };

        public async Task FinishAsync()
        {
            for (var round = 0; counted.Count < Partitions; round++)
            {
                Assert.That(round, Is.LessThan(10), "the partitions never come to an end");
                await ExpireAsync();
                var taken = await TakeAsync();
                await SettleAsync([.. taken.Select(Finish)]);
            }

            await SettleAsync([.. said]);
            await CheckAsync();
        }

        private async Task CheckAsync()
        {
            const string states = """
                SELECT count(*) FILTER (WHERE p.state = 'done') || ' ' || sum(p.rotated)
                FROM rotationmesh.partitions p JOIN rotationmesh.sweep_tables t USING (sweep_table_id)
                WHERE t.rotation_id = '{0}'
                """;
            var rows = await scene.ScalarAsync<string>(
                states.Replace("{0}", rotationId.ToString(), StringComparison.Ordinal)
            );
            var summary = await scene.SummaryAsync(rotationId);
            Assert.That(rows, Is.EqualTo($"{Partitions} {counted.Values.Sum()}"));
            Assert.That(summary.Counts.Rotated, Is.EqualTo(counted.Values.Sum()));
            Assert.That(
                (summary.Done, summary.Failed, summary.IsSettled),
                Is.EqualTo(((long)Partitions, 0L, true))
            );
        }

        private Task<IReadOnlyList<TakenPartition>> TakeAsync() => TakeAsync(_ => Task.CompletedTask);

        /// <summary>The messages leave and are said not to have: the next take sends other attempts.</summary>
        private async Task TakeAndCrashAsync()
        {
            try
            {
                await TakeAsync(_ => throw new OperationCanceledException());
            }
            catch (OperationCanceledException)
            {
                // as meant, where there was anything to take
            }
        }

        private Task<IReadOnlyList<TakenPartition>> TakeAsync(
            Func<IReadOnlyList<TakenPartition>, Task> then
        ) =>
            scene
                .Dispatch()
                .TakeAsync(
                    [rotationId],
                    LedgerScene.Window(5),
                    partitions =>
                    {
                        sent.AddRange(partitions);
                        return then(partitions);
                    },
                    CancellationToken.None
                );

        private Task SayAsync(int pick, Func<TakenPartition, PartitionResult[]> say) =>
            SettleAsync(sent.Count == 0 ? [] : say(sent[pick % sent.Count]));

        /// <summary>Each attempt counts otherwise, so that the totals tell which of them was counted.</summary>
        private static PartitionResult Finish(TakenPartition partition) =>
            partition.Done(rotated: (partition.PartitionId % 1000) + (1000 * partition.Attempt));

        private async Task SettleAsync(PartitionResult[] results)
        {
            said.AddRange(results);
            foreach (var result in results)
            {
                await scene.SettleAsync(result);
                if (
                    counted.ContainsKey(result.PartitionId)
                    || await scene.StateAsync(result.PartitionId) != "done"
                )
                    continue;
                var newest = sent.Where(partition => partition.PartitionId == result.PartitionId)
                    .Max(partition => partition.Attempt);
                Assert.That(
                    result.Key.Number,
                    Is.EqualTo(newest),
                    "the result of an attempt that was over counted"
                );
                counted.Add(result.PartitionId, result.Counts.Rotated);
            }
        }

        private async Task ExpireAsync()
        {
            await scene.ExpireAsync();
            await scene.Reclaim.ReclaimAsync([], CancellationToken.None);
        }
    }
}
