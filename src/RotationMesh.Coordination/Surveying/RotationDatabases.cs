using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations;
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
    public Task<string?> ExplainOtherAsync(Guid rotationId, CancellationToken cancellationToken) =>
        ExplainOtherAsync(rotationId, mustAnswer: false, cancellationToken);

    /// <summary>
    /// Explains to the operator which databases are not known to be the rotation's: other ones, or those that do not
    /// answer. Null where there are none. The end of a rotation may not take silence for the right database.
    /// </summary>
    public Task<string?> ExplainUnknownAsync(Guid rotationId, CancellationToken cancellationToken) =>
        ExplainOtherAsync(rotationId, mustAnswer: true, cancellationToken);

    private async Task<string?> ExplainOtherAsync(
        Guid rotationId,
        bool mustAnswer,
        CancellationToken cancellationToken
    )
    {
        var began = await new RotationLocks(control).ListDatabasesAsync([rotationId], cancellationToken);
        var differences = await SomeAtOnce.SelectAsync(
            began.Where(claimed => map.Databases.Any(database => database.Name == claimed.Database)),
            SomeAtOnce.Databases,
            claimed => ExplainOtherAsync(claimed, mustAnswer, cancellationToken),
            cancellationToken
        );
        return string.Join("; ", differences.OfType<string>()) is { Length: > 0 } all ? all : null;
    }

    private async Task<string?> ExplainOtherAsync(
        ClaimedDatabase claimed,
        bool mustAnswer,
        CancellationToken cancellationToken
    )
    {
        var began = DatabaseIdentity.Parse(claimed.Identity);
        var now = await DatabaseQuestion.AskAsync(
            async token =>
            {
                await using var connection = await databases.OpenReadingAsync(claimed.Database, token);
                return await DatabaseIdentity.ReadAsync(connection, token);
            },
            cancellationToken
        );
        if (began is not null && now is null && mustAnswer)
            return $"on {Environment.MachineName}: database {claimed.Database} {Reasons.UnknownDatabase}: nothing ends "
                + "before it is known to be the one that the rotation began with";
        return began is null || now is null || now.Identity.Matches(began)
            ? null
            : $"on {Environment.MachineName}: database {claimed.Database} {Reasons.OtherDatabase}: the "
                + $"connection string leads to database {now.Name} ({now.Identity}), the rotation's is {began}; give this "
                + "process the rotation's database or, where that was restored from a dump, cancel the rotation and start anew";
    }
}
