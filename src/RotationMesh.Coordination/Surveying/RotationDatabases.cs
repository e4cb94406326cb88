using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;
using RotationMesh.Postgres;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Surveying;

/// <summary>
/// Checks that this process' databases are those that a rotation began with. A plan, a count or a sample of a copy
/// proves nothing about the rotation's rows.
/// </summary>
internal sealed class RotationDatabases(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control
)
{
    /// <summary>
    /// Explains to the operator which databases are other ones here; null where none is. It skips a database that does
    /// not answer now, or of which nothing was recorded.
    /// </summary>
    public async Task<string?> ExplainOtherAsync(Guid rotationId, CancellationToken cancellationToken) =>
        Joined(
            await DifferencesAsync(
                await BeganAsync(rotationId, cancellationToken),
                mustAnswer: false,
                cancellationToken
            )
        );

    /// <summary>
    /// Explains to the operator which of the databases that were recorded are not known to be the rotation's: other ones, or
    /// those that do not answer. Null where there are none. Only these were ever written, so it will do for one that was
    /// cancelled.
    /// </summary>
    public async Task<string?> ExplainUnknownAsync(Guid rotationId, CancellationToken cancellationToken) =>
        Joined(
            await DifferencesAsync(
                await BeganAsync(rotationId, cancellationToken),
                mustAnswer: true,
                cancellationToken
            )
        );

    /// <summary>
    /// Does the same for every database of the <paramref name="goal"/>: the end of a rotation may take neither silence nor a
    /// missing record for the right database.
    /// </summary>
    public async Task<string?> ExplainUnknownAsync(
        Guid rotationId,
        RotationGoal goal,
        CancellationToken cancellationToken
    )
    {
        var began = await BeganAsync(rotationId, cancellationToken);
        var unrecorded = map
            .Tables.Where(entry => goal.Scopes.Contains(entry.Scope))
            .Select(entry => entry.Database)
            .Distinct()
            .Except(began.Select(claimed => claimed.Database))
            .Select(name =>
                $"database {name} {Reasons.UnrecordedDatabase}, so nobody knows which one it was: cancel the rotation and start anew"
            );
        return Joined([.. unrecorded, .. await DifferencesAsync(began, mustAnswer: true, cancellationToken)]);
    }

    private Task<IReadOnlyList<ClaimedDatabase>> BeganAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    ) => new RotationLocks(control).ListBegunAsync(rotationId, cancellationToken);

    private Task<IReadOnlyList<string?>> DifferencesAsync(
        IReadOnlyList<ClaimedDatabase> began,
        bool mustAnswer,
        CancellationToken cancellationToken
    ) =>
        SomeAtOnce.SelectAsync(
            began.Where(claimed => map.Databases.Any(database => database.Name == claimed.Database)),
            SomeAtOnce.Databases,
            claimed => ExplainOtherAsync(claimed, mustAnswer, cancellationToken),
            cancellationToken
        );

    private static string? Joined(IEnumerable<string?> explained) =>
        string.Join("; ", explained.OfType<string>()) is { Length: > 0 } all ? all : null;

    private async Task<string?> ExplainOtherAsync(
        ClaimedDatabase claimed,
        bool mustAnswer,
        CancellationToken cancellationToken
    )
    {
        var began = DatabaseIdentity.Parse(claimed.Identity);
        var isStandby = false;
        var now = await DatabaseQuestion.AskAsync(
            async token =>
            {
                await using var connection = await databases.OpenReadingAsync(claimed.Database, token);
                return await DatabaseIdentity.ReadAsync(connection, token);
            },
            cancellationToken,
            fault => isStandby = fault is StandbyException or { InnerException: StandbyException }
        );
        if (began is not null && now is null && mustAnswer)
            return $"on {Environment.MachineName}: database {claimed.Database} {Reasons.UnknownDatabase}: nothing ends "
                + "before it is known to be the one that the rotation began with"
                + (isStandby ? $" ({Reasons.Standby}: give this process the primary)" : "");
        return began is null || now is null || now.Identity.Matches(began)
            ? null
            : $"on {Environment.MachineName}: database {claimed.Database} {Reasons.OtherDatabase}: the "
                + $"connection string leads to database {now.Name} ({now.Identity}), the rotation's is {began}; give this "
                + "process the rotation's database or, where that was restored from a dump, cancel the rotation and start anew";
    }
}
