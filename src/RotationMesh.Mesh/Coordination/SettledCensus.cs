using System.Collections.Concurrent;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Durability;
using RotationMesh.Postgres.Target.Schema;
using RotationMesh.Postgres.Target.Writers;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// The census that ends a rotation: counted once every transaction has ended that had begun to write before, and made
/// durable. Each database apart, and of all sweeps of the rotation together no longer than its patience.
/// </summary>
internal sealed class SettledCensus(TargetDatabases databases, TimeSpan patience, TimeProvider clock)
{
    /// <summary>
    /// Longest wait in one command: most transactions end sooner, and the commands of other rotations want their turn.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Waiting> waits = [];
    private int sweep;
    private long waitingSince; // 0: it has not waited yet

    /// <summary>When it was last asked for, by the clock's timestamps.</summary>
    public long AskedAt { get; private set; }

    /// <summary>A command for the census after that sweep has come; another sweep has writers of its own.</summary>
    public void Ask(int asked)
    {
        AskedAt = clock.GetTimestamp();
        if (asked == sweep)
            return;
        sweep = asked;
        waits.Clear();
    }

    /// <summary>
    /// The counts of one database's tables. While writers are open, the first answer has counts too, so that rows which
    /// are there already are swept at once; then only what it waits for.
    /// </summary>
    public async Task<Survey> RunAsync(
        IReadOnlyList<TableTarget> targets,
        Func<Task<IReadOnlyList<SurveyedTable>>> countAsync,
        CancellationToken cancellationToken
    )
    {
        if (targets.Count == 0)
            return new Survey([], []);
        var database = targets[0].Entry.Database;
        var waiting = waits.GetOrAdd(database, _ => new Waiting(new EarlierWriters(databases, targets)));
        if (!await waiting.Writers.HaveEndedAsync(Longest, cancellationToken) && !IsOver())
        {
            var tables = waiting.IsCounted ? [] : await countAsync();
            waiting.IsCounted = true;
            return new Survey(tables, []) { Waiting = Describe(database, waiting.Writers) };
        }

        await using var durable = await DurabilityWitness.OpenAsync(databases, database, cancellationToken);
        var counted = await countAsync();
        waiting.IsCounted = true;
        if (await waiting.Writers.HaveCompanyAsync(cancellationToken) && !IsOver())
            return new Survey(counted, []) { Waiting = Describe(database, waiting.Writers) };
        await durable.FlushAsync(cancellationToken);
        waits.TryRemove(database, out _);
        return new Survey(counted, [])
        {
            OpenWriters =
                waiting.Writers.Open.Count == 0
                    ? null
                    : $"transactions were open in database {database} when it was counted, and may still bring rows of "
                        + $"another version: {waiting.Writers}",
        };
    }

    private bool IsOver()
    {
        Interlocked.CompareExchange(ref waitingSince, clock.GetTimestamp(), 0);
        return clock.GetElapsedTime(waitingSince) >= patience;
    }

    private static string Describe(string database, EarlierWriters writers) =>
        $"the closing census of database {database} waits for transactions that were open before it, whose rows nobody sees "
        + $"yet: {writers}";

    private sealed class Waiting(EarlierWriters writers)
    {
        public EarlierWriters Writers { get; } = writers;

        /// <summary>Whether the rows that are to be seen were counted in this sweep.</summary>
        public bool IsCounted { get; set; }
    }
}
