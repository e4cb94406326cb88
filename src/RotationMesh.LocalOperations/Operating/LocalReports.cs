using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.LocalOperations.Operating;

/// <summary>Makes reports from the control database, with a census of the rows by tenant at this moment.</summary>
public sealed class LocalReports(
    RotationMap map,
    ControlRotations rotations,
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control,
    IAuditTrail audit
) : IReports
{
    /// <inheritdoc/>
    public async Task<ReportDocument> ReportAsync(Guid? rotationId, CancellationToken cancellationToken)
    {
        var rotation =
            await rotations.FindRunningAsync(rotationId, cancellationToken)
            ?? throw new UnknownRotationException(
                rotationId is null ? "there was no rotation yet" : $"there is no rotation {rotationId}"
            );
        var id = rotation.RotationId;
        var store = new RowFailureStore(control);
        var unreadable = await store.ByTableAsync(id, rotation.TargetVersion, cancellationToken);
        var failures = await rotations.ListFailuresAsync(id, cancellationToken);
        var document = await rotations.ReadAsync(rotation, cancellationToken);
        var tenants = await new TenantCounts(map, databases, schema, store).CountAsync(
            rotation,
            cancellationToken
        );
        var events = await EventsAsync(id, cancellationToken);
        return new ReportDocument
        {
            MadeAt = await control.NowAsync(cancellationToken),
            Rotation = document,
            Order = new ReportedOrder
            {
                Scopes = rotation.Scopes,
                Tenants = rotation.Tenants,
                TargetFingerprint = rotation.TargetFingerprint,
                MapHash = rotation.MapHash,
                BatchSize = rotation.BatchSize,
                AllowDowngrade = rotation.AllowDowngrade,
            },
            Causes = failures.Causes,
            Unreadable = unreadable.Sum(table => table.Unreadable),
            Tenants = tenants with { Uncounted = [.. tenants.Uncounted, .. Unmapped(document)] },
            Audit = events,
            AuditLog = events.Events.Count > 0 ? await VerdictAsync(cancellationToken) : null,
        };
    }

    private IEnumerable<string> Unmapped(RotationDocument rotation) =>
        rotation
            .Scopes.Where(table => map.Find(new TableName(table.Scope, table.Database, table.Table)) is null)
            .Select(table => $"{table.Database}/{table.Table}: the map does not name it any more");

    // Keys that can't be read, or a log that is gone meanwhile, prove nothing, and do not keep the rest back.
    private async Task<AuditVerdictDocument?> VerdictAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await audit.VerifyAsync(null, cancellationToken);
        }
        catch (UsageException)
        {
            return null;
        }
    }

    // A rotation of a release that kept no audit log has no events.
    private async Task<AuditDocument> EventsAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        try
        {
            return await audit.ListAsync(rotationId, cancellationToken);
        }
        catch (UsageException)
        {
            return new AuditDocument([], 0);
        }
    }
}
