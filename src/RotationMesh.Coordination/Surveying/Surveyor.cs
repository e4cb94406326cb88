using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Durability;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Checks and counts the tables of a rotation, each database separately: the survey names a database that does not
/// answer, and still counts the others.
/// </summary>
internal sealed class Surveyor(RotationMap map, ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>Databases counted at the same time: a census reads whole tables, and the databases may share a server.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// Age up to which a census is used again to check and to plan: it is slow to read whole tables twice in a row, and
    /// the census after a sweep makes up for it.
    /// </summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    private volatile Remembered? last;

    /// <summary>The last survey of the goal where it is complete and seconds old, else a new one.</summary>
    public async Task<Survey> RecentAsync(RotationGoal goal, CancellationToken cancellationToken) =>
        last is { } found && found.Goal == Describe(goal) && Stopwatch.GetElapsedTime(found.At) < Recent
            ? found.Survey
            : await CountAsync(goal, null, cancellationToken);

    /// <summary>The tables of the goal, as the last survey of it found them, or checked anew where there was none.</summary>
    public async Task<IReadOnlyList<MappedTable>> TargetsAsync(
        RotationGoal goal,
        CancellationToken cancellationToken
    ) =>
        last is { } found && found.Goal == Describe(goal)
            ? [.. found.Survey.Tables.Select(table => table.Target)]
            : (
                await schema.CheckAsync(
                    Entries(goal).Select(entry => entry.Entry),
                    forWriting: false,
                    cancellationToken
                )
            ).OrThrow();

    /// <summary>
    /// Counts everything of the goal. The <paramref name="closing"/> census (null: another one) waits for transactions that
    /// may still bring rows, and makes what it counted durable, so that a crash of the server can't take it back. The one that
    /// <paramref name="isLast"/> tells whether leaves came or went while it counted: no later one would count their rows.
    /// </summary>
    public async Task<Survey> CountAsync(
        RotationGoal goal,
        SettledCensus? closing,
        CancellationToken cancellationToken,
        bool isLast = false
    )
    {
        var started = Stopwatch.GetTimestamp();
        var entries = Entries(goal);
        var parts = await SomeAtOnce.SelectAsync(
            entries.GroupBy(entry => entry.Entry.Database),
            AtOnce,
            database => CountAsync(goal, [.. database], closing, isLast, cancellationToken),
            cancellationToken
        );
        var survey = new Survey(
            [.. parts.SelectMany(part => part.Tables).OrderBy(table => table.Order)],
            [.. parts.SelectMany(part => part.Uncounted)]
        )
        {
            Waiting = Joined(parts.Select(part => part.Waiting)),
            OpenWriters = Joined(parts.Select(part => part.OpenWriters)),
            ChangedTables = [.. parts.SelectMany(part => part.ChangedTables)],
            Notes = [.. parts.SelectMany(part => part.Notes)],
        };
        last = survey is { Uncounted.Count: 0, Waiting: null }
            ? new Remembered(Describe(goal), survey, started)
            : null;
        return survey;
    }

    /// <summary>
    /// Explains to the operator how the map does not fit the databases of those scopes; null where it fits, or where a
    /// database does not answer. Faults that may pass by themselves are left out.
    /// </summary>
    public async Task<string?> ExplainUnfitAsync(
        IReadOnlyCollection<string> scopes,
        int targetVersion,
        CancellationToken cancellationToken
    )
    {
        var faults = new List<SchemaFault>();
        var entries = map.Tables.Where(entry => scopes.Contains(entry.Scope));
        foreach (var database in entries.GroupBy(entry => entry.Database))
        {
            var report = await DatabaseQuestion.AskAsync(
                token => schema.CheckAsync(database, forWriting: true, targetVersion, token),
                cancellationToken
            );
            faults.AddRange(report?.Faults.Where(fault => !fault.MayPass) ?? []);
        }

        return Joined(faults.Select(fault => fault.ToString()));
    }

    private async Task<Survey> CountAsync(
        RotationGoal goal,
        IReadOnlyList<(TableEntry Entry, short Order)> entries,
        SettledCensus? closing,
        bool isLast,
        CancellationToken cancellationToken
    )
    {
        var database = entries[0].Entry.Database;
        try
        {
            var report = await schema.CheckAsync(
                entries.Select(entry => entry.Entry),
                forWriting: true,
                goal.TargetVersion,
                cancellationToken
            );
            var targets = report.OrThrow();
            var orders = entries.ToDictionary(entry => entry.Entry, entry => entry.Order);
            IReadOnlyList<SurveyedTable> tables =
            [
                .. targets.Select(target => new SurveyedTable(target, orders[target.Entry], [])),
            ];
            var marks = new LeafMarks(databases);
            var before = isLast ? await marks.ReadAsync(database, targets, cancellationToken) : [];
            var survey = closing is null
                ? await CountUnsettledAsync(goal, tables, cancellationToken)
                : await SettleAsync(goal, tables, closing, cancellationToken);
            var after = isLast ? await marks.ReadAsync(database, targets, cancellationToken) : [];
            return survey with
            {
                ChangedTables =
                [
                    .. targets
                        .Where((_, i) => before.Count > 0 && before[i] != after[i])
                        .Select(target => target.Entry.FullName),
                ],
            };
        }
        catch (DurabilityException fault)
        {
            return new Survey([], [new(database, fault.Message, fault)]);
        }
        catch (NpgsqlException fault)
        {
            var cause = fault is ApplicationDatabaseException { InnerException: NpgsqlException inner }
                ? inner
                : fault;
            var reason = DatabaseFaults.Describe(cause);
            return new Survey([], [new(database, reason, Faults.MayPass(cause) ? fault : null)]);
        }
        catch (Exception fault) when (fault is TimeoutException or IOException)
        {
            return new Survey([], [new(database, Reasons.NotInTime, fault)]);
        }
        catch (UsageException fault)
        {
            return new Survey([], [new(database, fault.Message)]);
        }
    }

    private async Task<Survey> CountUnsettledAsync(
        RotationGoal goal,
        IReadOnlyList<SurveyedTable> tables,
        CancellationToken cancellationToken
    )
    {
        var census = new TableCensus(databases);
        var counted = new List<SurveyedTable>();
        foreach (var table in tables)
            counted.Add(
                table with
                {
                    Counts = await census.CountAsync(table.Target, Tenants(goal), cancellationToken),
                }
            );
        return new Survey(counted, []);
    }

    private async Task<Survey> SettleAsync(
        RotationGoal goal,
        IReadOnlyList<SurveyedTable> tables,
        SettledCensus closing,
        CancellationToken cancellationToken
    )
    {
        var settled = await closing.RunAsync(tables, Tenants(goal), cancellationToken);
        await new PolicyLook(databases).EnsureSameAsync(
            [.. tables.Select(table => table.Target)],
            cancellationToken
        );
        var notes = await NotesAsync(settled.Tables, Tenants(goal), cancellationToken);
        return settled with { Notes = [.. settled.Notes, .. notes] };
    }

    private List<(TableEntry Entry, short Order)> Entries(RotationGoal goal) =>
        [
            .. map
                .Scopes.Where(scope => goal.Scopes.Contains(scope.Name))
                .SelectMany(scope => scope.Tables)
                .Select((entry, order) => (entry, (short)order)),
        ];

    private async Task<IReadOnlyList<string>> NotesAsync(
        IReadOnlyList<SurveyedTable> tables,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var notes = new List<string>();
        foreach (var table in tables)
            notes.AddRange(
                await new TenantTrust(databases).DescribeAsync(
                    table.Target,
                    tenants,
                    table.Rows,
                    cancellationToken
                )
            );
        return notes;
    }

    private static string? Joined(IEnumerable<string?> reasons) =>
        string.Join("; ", reasons.OfType<string>()) is { Length: > 0 } joined ? joined : null;

    private static string Describe(RotationGoal goal) =>
        JsonSerializer.Serialize(new { goal.Scopes, goal.Tenants });

    private sealed record Remembered(string Goal, Survey Survey, long At);

    /// <summary>The goal's tenants as the target's queries take them: null for all.</summary>
    public static IReadOnlyList<string>? Tenants(RotationGoal goal) =>
        goal.Tenants.Count == 0 ? null : goal.Tenants;
}
