using MassTransit;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// Records how a saga changes, in the transaction that changes it: exactly once, also where a message is delivered twice or
/// a process dies.
/// </summary>
public interface ISagaAudit<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>
    /// Called before the saga is loaded. False ignores a message that has already had its effect, although its saga is gone.
    /// </summary>
    Task<bool> MayHearAsync(
        NpgsqlTransaction transaction,
        object message,
        CancellationToken cancellationToken
    );

    /// <summary>Called before the state machine runs. Returns a copy of the saga that the machine does not change.</summary>
    TSaga Copy(TSaga saga);

    /// <summary>
    /// Called after the row is written, and before the commit; <paramref name="before"/> is null for a new saga. An exception
    /// rolls the saga back. Returns what to do after the commit; null for nothing.
    /// </summary>
    Task<Action?> RecordAsync(
        NpgsqlTransaction transaction,
        TSaga? before,
        TSaga after,
        object message,
        CancellationToken cancellationToken
    );
}
