using MassTransit;
using Npgsql;

namespace RotationMesh.Coordination.Persistence;

/// <summary>The saga's open transaction, for those who write to the same database while its message is handled.</summary>
public static class JoinedTransaction
{
    /// <summary>
    /// Returns the transaction to activities and filters inside a saga's consume. What they write through it is committed or
    /// rolled back with the saga's row. They must neither commit nor dispose of it.
    /// </summary>
    public static NpgsqlTransaction SagaTransaction(this PipeContext context) =>
        context.TryGetPayload(out NpgsqlTransaction? transaction)
            ? transaction
            : throw new InvalidOperationException("no saga in PostgreSQL is handling this message");
}
