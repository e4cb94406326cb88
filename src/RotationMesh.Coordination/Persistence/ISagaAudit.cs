using MassTransit;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>Writes down how a saga changes, in the transaction that changes it: exactly once, whatever is delivered twice or dies.</summary>
public interface ISagaAudit<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>
    /// Called before the saga is looked for: false leaves a message unheard that has had its effect, though nothing of its
    /// saga is there any more.
    /// </summary>
    Task<bool> MayHearAsync(
        NpgsqlTransaction transaction,
        object message,
        CancellationToken cancellationToken
    );

    /// <summary>Called before the state machine runs: the saga as it is, untouched by what the machine does to the original.</summary>
    TSaga Copy(TSaga saga);

    /// <summary>
    /// Called when the row is written, and before the commit; <paramref name="before"/> is null for a new saga. What it
    /// throws rolls the saga back. Returns what is to be told once that is committed; null for nothing.
    /// </summary>
    Task<Action?> RecordAsync(
        NpgsqlTransaction transaction,
        TSaga? before,
        TSaga after,
        object message,
        CancellationToken cancellationToken
    );
}
