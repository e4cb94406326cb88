using MassTransit;
using RotationMesh.Bus;
using RotationMesh.Bus.Sealing;
using RotationMesh.Bus.Telemetry;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.Core;

namespace RotationMesh.Coordination.Settling;

/// <summary>Settles results of one kind in bulk: one transaction for a batch of messages.</summary>
internal sealed class SettlementConsumer<T>(
    ControlDatabase control,
    LedgerRules rules,
    LedgerSignal signal,
    DroppedMessages dropped
) : IConsumer<Batch<T>>
    where T : class
{
    /// <summary>Settles all results of a batch or none: after a fault, all of it is delivered again.</summary>
    public async Task Consume(ConsumeContext<Batch<T>> context)
    {
        var queue = context.ReceiveContext.InputAddress.Segments[^1];
        var messages = context.Message.Select(Believed).Where(message => IsSound(message, queue)).ToList();
        var settlement = new PartitionSettlement(control, rules);
        await settlement.SettleAsync([.. messages.Select(Results.Of)], context.CancellationToken);
        signal.Notify();
        foreach (var reasons in messages.OfType<PartitionRefused>().GroupBy(refused => refused.RotationId))
            await context.PublishAsync(new RotationStalled(reasons.Key, Describe(reasons)));
    }

    // Any key of the ring may seal a refusal, but only the current one proves that the attempt no longer writes.
    private static T Believed(ConsumeContext<T> one) =>
        one.Message is PartitionRefused { IsOver: true } refused
        && one.TryGetPayload<SealExamination>(out var seal)
        && !seal.ByCurrent
            ? (T)(object)(refused with { IsOver = false })
            : one.Message;

    private bool IsSound(T message, string queue)
    {
        if (Results.Fault(message) is not { } fault)
            return true;
        dropped.Drop(queue, fault);
        return false;
    }

    private static string Describe(IEnumerable<PartitionRefused> refused) =>
        string.Join(
            "; ",
            refused
                .Select(one =>
                    $"worker {one.Worker} {Reasons.WorkerRefuses} {GoalCheck.Explain(one.Reason, one.Detail)}"
                )
                .Distinct()
                .Order()
        );
}
