using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Map;

namespace RotationMesh.Coordination.Planning;

/// <summary>Chooses the tables of a sweep: those with rows that no recorded failure explains, or that an operator retries.</summary>
internal sealed class PendingTables(ControlDatabase control)
{
    /// <summary>Returns the tables to plan, of those that were counted.</summary>
    public async Task<IReadOnlyList<PlannedRows>> ChooseAsync(
        Survey survey,
        PlanRotation command,
        CancellationToken cancellationToken
    )
    {
        var goal = command.Goal;
        var failures = await new RowFailureStore(control).ByTableAsync(
            command.RotationId,
            goal.TargetVersion,
            cancellationToken
        );
        var explained = failures.ToDictionary(row => row.FullName, row => row.Pending);
        var retried = await RetriedAsync(command, cancellationToken);
        return
        [
            .. survey
                .Tables.Where(table => table.Pending(goal.TargetVersion) > 0)
                .Select(table =>
                    table.Pending(goal.TargetVersion) != explained.GetValueOrDefault(table.Name)
                        ? new PlannedRows(table, Surveyor.Tenants(goal))
                    : retried.GetValueOrDefault(table.Name) is { } failed
                        ? new PlannedRows(table, failed.Tenants ?? Surveyor.Tenants(goal))
                    : null
                )
                .OfType<PlannedRows>(),
        ];
    }

    // The tables with the failures that an operator's retry covers.
    private async Task<IReadOnlyDictionary<TableName, RetriedTable>> RetriedAsync(
        PlanRotation command,
        CancellationToken cancellationToken
    )
    {
        if (command.Retrying is not { } retry)
            return new Dictionary<TableName, RetriedTable>();
        var found = await new RetriedFailures(control).FindAsync(
            command.RotationId,
            retry.Scopes,
            retry.Tenants,
            retry.Errors,
            cancellationToken
        );
        return found.ToDictionary(table => table.FullName);
    }
}

/// <summary>Rows of a table to plan; tenants null for all.</summary>
internal sealed record PlannedRows(SurveyedTable Table, IReadOnlyList<string>? Tenants);
