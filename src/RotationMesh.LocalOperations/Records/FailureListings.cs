using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Rotations;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Reads the rows that a rotation could not bring to its target version, as a document.</summary>
internal static class FailureListings
{
    public static async Task<FailuresDocument> ReadAsync(
        ControlDatabase control,
        RunningRotation rotation,
        CancellationToken cancellationToken
    )
    {
        var store = new RowFailureStore(control);
        var counts = await store.CountAsync(rotation.RotationId, cancellationToken);
        var failures = await store.ListAsync(
            rotation.RotationId,
            RotationDocument.MaxFailures,
            cancellationToken
        );
        return new FailuresDocument
        {
            RotationId = rotation.RotationId,
            State = rotation.State,
            TargetVersion = rotation.TargetVersion,
            Total = counts.Sum(count => count.Rows),
            Causes =
            [
                .. counts.Select(count => new CauseDocument(
                    count.Scope,
                    count.DatabaseName,
                    count.TableName,
                    count.Error,
                    count.Rows,
                    count.Cause
                )),
            ],
            Failures = [.. failures.Select(RotationDocuments.Failure)],
        };
    }
}
