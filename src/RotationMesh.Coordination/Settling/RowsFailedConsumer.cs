using MassTransit;
using Npgsql;
using RotationMesh.Bus;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Tables.Rows;

namespace RotationMesh.Coordination.Settling;

/// <summary>Records failed rows. It is idempotent: a row that is reported twice is kept once.</summary>
internal sealed class RowsFailedConsumer(
    ControlDatabase control,
    DroppedMessages dropped,
    FailureBackpressure? backpressure = null
) : IConsumer<Batch<RowsFailed>>
{
    /// <summary>Handles the failures that workers send ahead of a partition's result.</summary>
    public async Task Consume(ConsumeContext<Batch<RowsFailed>> context)
    {
        var store = new RowFailureStore(control);
        foreach (var rotation in context.Message.GroupBy(one => one.Message.RotationId, one => one.Message))
            try
            {
                await store.RecordAsync(
                    rotation.Key,
                    [.. rotation.SelectMany(Failures)],
                    context.CancellationToken
                );
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.ForeignKeyViolation)
            {
                dropped.Drop(Queues.RowsFailed, "its rotation is not there");
            }

        backpressure?.Leave(context.Message.Length);
    }

    private IEnumerable<RowFailure> Failures(RowsFailed message)
    {
        if (FailedRowCheck.Fault(message) is { } fault)
        {
            dropped.Drop(Queues.RowsFailed, fault);
            yield break;
        }

        foreach (var row in message.Rows)
            if (FailedRowCheck.Fault(row) is { } flaw)
                dropped.Drop(Queues.RowsFailed, flaw);
            else
                yield return Failure(message, row);
    }

    private static RowFailure Failure(RowsFailed message, FailedRow row) =>
        new(
            message.Scope,
            message.Database,
            message.Table,
            row.Key,
            row.Tenant,
            row.Version,
            Enum.Parse<RowError>(row.Error)
        )
        {
            Size = row.Size,
            Cause = row.Cause,
        };
}
