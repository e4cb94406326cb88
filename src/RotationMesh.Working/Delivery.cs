using System.Diagnostics;
using MassTransit;
using RotationMesh.Bus.Sealing;
using RotationMesh.Contracts;

namespace RotationMesh.Working;

/// <summary>
/// One delivery of a command to a worker, when and in which span its work began, and what the worker says about it. Each message
/// names the attempt and its dispatch.
/// </summary>
internal sealed record Delivery(
    ConsumeContext Context,
    PartitionTask Task,
    string Worker,
    Activity? Span,
    long Begun
)
{
    /// <summary>Names the attempt in logs.</summary>
    public (Guid RotationId, long PartitionId, int Attempt) Name =>
        (Task.RotationId, Task.Partition.PartitionId, Task.Partition.Attempt);

    /// <summary>Why its seal is not believed; null where it is.</summary>
    public string? Unproven => Context.TryGetPayload<SealExamination>(out var seal) ? seal.Fault : null;

    public PartitionHeartbeat Alive =>
        new(Task.RotationId, Partition.PartitionId, Partition.Attempt, Partition.Dispatch, Worker);

    public PartitionReturned Returned(Unfinished unfinished, bool isOver, bool outOfTime) =>
        new(
            Task.RotationId,
            Partition.PartitionId,
            Partition.Attempt,
            Partition.Dispatch,
            Worker,
            unfinished.Counts,
            isOver,
            outOfTime,
            unfinished.Rest
        );

    public PartitionRefused Refused(Refusal reason, string? detail, bool isOver) =>
        new(
            Task.RotationId,
            Partition.PartitionId,
            Partition.Attempt,
            Partition.Dispatch,
            Worker,
            reason,
            detail,
            isOver
        );

    public PartitionFailed Failed(string? sqlState, bool transient, string? cause = null) =>
        new(
            Task.RotationId,
            Partition.PartitionId,
            Partition.Attempt,
            Partition.Dispatch,
            Worker,
            sqlState,
            transient,
            cause
        );

    private PartitionRef Partition => Task.Partition;
}
