using MassTransit;
using RotationMesh.Contracts;
using RotationMesh.Mesh.Working;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.Mesh.Coordination;

/// <summary>Records failed rows. The same row may be told of twice: it is kept once.</summary>
internal sealed class RowsFailedConsumer(ControlDatabase control, FailureRoom? room = null)
    : IConsumer<Batch<RowsFailed>>
{
    /// <summary>Handles what workers tell ahead of a partition's result.</summary>
    public async Task Consume(ConsumeContext<Batch<RowsFailed>> context)
    {
        var store = new RowFailureStore(control.Source);
        foreach (var rotation in context.Message.GroupBy(one => one.Message.RotationId, one => one.Message))
            await store.RecordAsync(
                rotation.Key,
                [.. rotation.SelectMany(message => message.Rows.Select(row => Failure(message, row)))],
                context.CancellationToken
            );
        room?.Leave(context.Message.Length);
    }

    private static RowFailure Failure(RowsFailed message, FailedRow row) =>
        new(
            message.Scope,
            message.Database,
            message.Table,
            [.. row.Key.Select(part => new KeyPart(part.Column, part.Value, part.IsNumber))],
            row.Tenant,
            row.Version,
            Enum.Parse<RowError>(row.Error)
        );
}
