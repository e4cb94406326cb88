using System.Collections.Concurrent;
using RotationMesh.Core;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Durability;
using RotationMesh.Tables.Writers;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Takes the census that ends a rotation: it misses no transaction that had begun to write, and its counts are durable.
/// It waits for each database separately, and in all sweeps of the rotation together no longer than its timeout; only
/// the time that it waits counts.
/// </summary>
internal sealed class SettledCensus(ApplicationDatabases databases, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>
    /// Longest wait in one command: most transactions end sooner, and other rotations' commands need their turn.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Waiting> waits = [];
    private readonly WaitingTime waited = new(clock);
    private int sweep;

    /// <summary>When it was last asked for, by the clock's timestamps.</summary>
    public long AskedAt { get; private set; }

    /// <summary>Notes a command for the census after that sweep; another sweep has other writers to wait for.</summary>
    public void Ask(int asked)
    {
        AskedAt = clock.GetTimestamp();
        if (asked == sweep)
            return;
        sweep = asked;
        waits.Clear();
        waited.StopAll();
    }

    /// <summary>
    /// Counts one database's tables. While writers are open, the first answer has counts too, so that rows which are
    /// visible already are swept at once; later answers only name what it waits for.
    /// </summary>
    public async Task<Survey> RunAsync(
        IReadOnlyList<SurveyedTable> tables,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        if (tables.Count == 0)
            return new Survey([], []);
        var database = tables[0].Target.Entry.Database;
        var waiting = waits.GetOrAdd(
            database,
            _ => new Waiting(new SettledCount(databases, [.. tables.Select(table => table.Target)]))
        );
        var longest = Longest;
        if (!await waiting.Count.Writers.HaveEndedAsync(longest, cancellationToken))
        {
            if (!IsOver(database))
                return await NotYetAsync(tables, tenants, waiting, cancellationToken);
            longest = TimeSpan.Zero;
        }

        await using var durable = await DurabilityWitness.OpenAsync(databases, database, cancellationToken);
        var survey = new Survey([], []);
        foreach (var table in tables)
        {
            var counted = await waiting.Count.CountAsync(table.Target, tenants, longest, cancellationToken);
            if (counted is null)
            {
                if (!IsOver(database))
                    return await NotYetAsync(tables, tenants, waiting, cancellationToken);
                survey = survey with { OpenWriters = StillOpen(database, waiting.Count.Writers) };
                counted = new TableCounted(
                    await new TableCensus(databases).CountAsync(table.Target, tenants, cancellationToken),
                    null
                );
            }

            survey = survey with
            {
                Tables = [.. survey.Tables, table with { Counts = counted.Counts }],
                Notes = counted.Note is { } note ? [.. survey.Notes, note] : survey.Notes,
            };
        }

        await durable.FlushAsync(cancellationToken);
        waits.TryRemove(database, out _);
        waited.Stop(database);
        return survey;
    }

    // Counts the rows that are visible already, once in a sweep.
    private async Task<Survey> NotYetAsync(
        IReadOnlyList<SurveyedTable> tables,
        IReadOnlyList<string>? tenants,
        Waiting waiting,
        CancellationToken cancellationToken
    )
    {
        var database = tables[0].Target.Entry.Database;
        var told =
            $"the closing census of database {database} {Reasons.OpenBeforeCensus}, whose rows nobody sees "
            + $"yet: {waiting.Count.Writers}";
        var counted = new List<SurveyedTable>();
        if (!waiting.IsCounted)
            foreach (var table in tables)
                counted.Add(
                    table with
                    {
                        Counts = await new TableCensus(databases).CountAsync(
                            table.Target,
                            tenants,
                            cancellationToken
                        ),
                    }
                );
        waiting.IsCounted = true;
        return new Survey(counted, []) { Waiting = told };
    }

    private bool IsOver(string database) => waited.Go(database) >= timeout;

    private static string StillOpen(string database, EarlierWriters writers) =>
        $"transactions were open in database {database} when it was counted, {Reasons.StillOpen}: "
        + $"{writers}";

    private sealed class Waiting(SettledCount count)
    {
        public SettledCount Count { get; } = count;

        /// <summary>Whether the visible rows were counted in this sweep.</summary>
        public bool IsCounted { get; set; }
    }
}
