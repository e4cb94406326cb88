using System.Data;
using MassTransit;
using MassTransit.Saga;
using RotationMesh.Control;
using RotationMesh.Coordination.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// Keeps rotations in the control database. MassTransit enters it once for every message, whose transaction is committed
/// last: any exception of the saga rolls it back.
/// </summary>
internal sealed class RotationRepository(ControlDatabase control, RotationAudit audit, RotationSeal seal)
    : ISagaRepositoryContextFactory<Rotation>
{
    /// <summary>
    /// Called for a message that is correlated by id. READ COMMITTED, because each statement must see what the holder of the
    /// lock has just committed; a stricter level would fail instead of waiting.
    /// </summary>
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<Rotation, T>> next)
        where T : class
    {
        await using var connection = await control.Source.OpenConnectionAsync(context.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            context.CancellationToken
        );
        if (!await audit.MayHearAsync(transaction, context.Message, context.CancellationToken))
            return;
        var repository = new RotationContext<T>(context, transaction, audit, seal);
        await next.Send(repository);
        // No token: a commit that is cancelled half-way leaves open whether it took place.
        await transaction.CommitAsync(CancellationToken.None);
        repository.Committed();
    }

    /// <summary>Called for a message that is correlated by an expression: rotations are found by id.</summary>
    public Task SendQuery<T>(
        ConsumeContext<T> context,
        ISagaQuery<Rotation> query,
        IPipe<SagaRepositoryQueryContext<Rotation, T>> next
    )
        where T : class => throw new NotSupportedException("a rotation is found by its id alone");

    /// <summary>Called when the bus is asked to describe itself.</summary>
    public void Probe(ProbeContext context) => context.Add("persistence", "postgresql");
}
