using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Working;

/// <summary>Counts failed rows among the metrics, and sends them to the coordinator ahead of the result that counts them.</summary>
internal sealed class FailureLetters(FailureBackpressure? backpressure = null)
{
    /// <summary>Rows in one message: some tens of kilobytes.</summary>
    private const int RowsInMessage = 500;

    /// <summary>Returns once the broker has confirmed all of them. Waits while too many are under way.</summary>
    public async Task TellAsync(
        ConsumeContext context,
        Guid rotationId,
        string phase,
        IReadOnlyList<RowFailure> failures
    )
    {
        foreach (var failure in failures)
            MeshMetrics.CountFailure(failure.Table, failure.Error.ToString(), phase);
        foreach (var rows in failures.Chunk(RowsInMessage))
        {
            if (backpressure is not null)
                await backpressure.EnterAsync();
            await context.SendAgainAsync(
                Queues.RowsFailed,
                new RowsFailed(
                    rotationId,
                    rows[0].Scope,
                    rows[0].Database,
                    rows[0].Table,
                    [.. rows.Select(Row)]
                )
            );
        }
    }

    private static FailedRow Row(RowFailure failure) =>
        new(failure.Key, failure.Tenant, failure.Version, failure.Error.ToString())
        {
            Size = failure.Size,
            Cause = failure.Cause,
        };
}
