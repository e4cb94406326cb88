using Npgsql;
using RotationMesh.Contracts;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Mesh.Coordination;

/// <summary>
/// Checks and counts the tables of a rotation, each database apart: one that does not answer is named in the survey, and
/// the others are counted all the same.
/// </summary>
internal sealed class Surveyor(RotationMap map, TargetDatabases databases, SchemaCheck schema)
{
    /// <summary>Databases counted at the same time: a census reads whole tables, and the databases may share a server.</summary>
    private const int AtOnce = 4;

    /// <summary>
    /// Counts everything of the goal. <paramref name="durable"/> makes all earlier commits durable first, so that a crash
    /// of the server can't take back what was counted.
    /// </summary>
    public async Task<Survey> CountAsync(RotationGoal goal, bool durable, CancellationToken cancellationToken)
    {
        var entries = map
            .Scopes.Where(scope => goal.Scopes.Contains(scope.Name))
            .SelectMany(scope => scope.Tables)
            .Select((entry, order) => (Entry: entry, Order: (short)order))
            .ToList();
        using var room = new SemaphoreSlim(AtOnce);
        var parts = await Task.WhenAll(
            entries
                .GroupBy(entry => entry.Entry.Database)
                .Select(async database =>
                {
                    await room.WaitAsync(cancellationToken);
                    try
                    {
                        return await CountAsync(goal, [.. database], durable, cancellationToken);
                    }
                    finally
                    {
                        room.Release();
                    }
                })
        );
        return new Survey(
            [.. parts.SelectMany(part => part.Tables).OrderBy(table => table.Order)],
            [.. parts.SelectMany(part => part.Uncounted)]
        );
    }

    private async Task<Survey> CountAsync(
        RotationGoal goal,
        IReadOnlyList<(TableEntry Entry, short Order)> entries,
        bool durable,
        CancellationToken cancellationToken
    )
    {
        var database = entries[0].Entry.Database;
        try
        {
            if (durable)
                await databases.FlushAsync(database, cancellationToken);
            var report = await schema.CheckAsync(
                entries.Select(entry => entry.Entry),
                forWriting: true,
                cancellationToken
            );
            var orders = entries.ToDictionary(entry => entry.Entry, entry => entry.Order);
            var census = new TableCensus(databases);
            var tables = new List<SurveyedTable>();
            foreach (var target in report.OrThrow())
                tables.Add(
                    new SurveyedTable(
                        target,
                        orders[target.Entry],
                        await census.CountAsync(target, Tenants(goal), cancellationToken)
                    )
                );
            return new Survey(tables, []);
        }
        catch (NpgsqlException fault)
        {
            var cause = fault is TargetDatabaseException { InnerException: NpgsqlException inner }
                ? inner
                : fault;
            return new Survey([], [new(database, DatabaseFaults.Describe(cause), MayReturn: true)]);
        }
        catch (Exception fault) when (fault is TimeoutException or IOException)
        {
            return new Survey([], [new(database, "it does not answer in time", MayReturn: true)]);
        }
        catch (UsageException fault)
        {
            return new Survey([], [new(database, fault.Message, MayReturn: false)]);
        }
    }

    /// <summary>As the target's queries take them: null for all.</summary>
    public static IReadOnlyList<string>? Tenants(RotationGoal goal) =>
        goal.Tenants.Count == 0 ? null : goal.Tenants;
}
