using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// What operators ask of rotations, on its way to the saga: the control database is the outbox. A request may be sent
/// twice, which every state of the saga bears.
/// </summary>
public sealed class RequestStore(NpgsqlDataSource source)
{
    private const string Insert = """
        INSERT INTO rotationmesh.requests (rotation_id, kind, message, trace_parent)
        VALUES (@RotationId, @Kind, @Message::jsonb, @TraceParent)
        """;

    // A start that was sent and has left no trace was lost with a queue: it is sent again. An embedding process takes
    // what is asked of its own rotation, the coordinators what is asked of all others.
    private const string Take = """
        SELECT q.request_id, q.rotation_id, q.kind, q.message::text AS message, q.trace_parent
        FROM rotationmesh.requests q
        LEFT JOIN rotationmesh.rotations r ON r.correlation_id = q.rotation_id
        WHERE (q.sent_at IS NULL
               OR (q.kind = 'StartRotation' AND r.correlation_id IS NULL AND q.sent_at < now() - @resendAfter))
          AND CASE WHEN @only::uuid IS NULL THEN NOT coalesce(r.embedded, false) ELSE q.rotation_id = @only END
        ORDER BY q.request_id
        LIMIT 100
        FOR UPDATE OF q SKIP LOCKED
        """;

    private const string Mark = """
        UPDATE rotationmesh.requests SET sent_at = now() WHERE request_id = ANY (@ids)
        """;

    private const string Prune = """
        DELETE FROM rotationmesh.requests q
        WHERE sent_at < now() - @keep
          AND EXISTS (SELECT FROM rotationmesh.rotations r WHERE r.correlation_id = q.rotation_id)
        """;

    private const string FindStart = """
        SELECT request_id, rotation_id, kind, message::text AS message, trace_parent, requested_at
        FROM rotationmesh.requests WHERE rotation_id = @rotationId AND kind = 'StartRotation'
        """;

    /// <summary>A start that left no rotation behind is sent again after this time: the saga takes far less.</summary>
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);

    /// <summary>Requests are kept for this time, for whoever wonders what became of one.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    /// <summary>Asks; returns when it is written.</summary>
    public async Task AddAsync(RotationDemand demand, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(Insert, demand, cancellationToken: cancellationToken)
        );
    }

    /// <summary>
    /// Hands what was asked and not yet sent to <paramref name="send"/>, oldest first, and marks it sent when that returns;
    /// where it throws, it is taken again. Returns the number.
    /// </summary>
    public async Task<int> TakeAsync(
        Guid? only,
        Func<RotationDemand, Task> send,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(send);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = (
            await connection.QueryAsync<RotationDemand>(
                new CommandDefinition(
                    Take,
                    new { only, resendAfter = ResendAfter },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        if (taken.Count == 0)
            return 0;
        foreach (var demand in taken)
            await send(demand);
        var ids = taken.Select(demand => demand.RequestId).ToArray();
        await connection.ExecuteAsync(
            new CommandDefinition(Mark, new { ids }, cancellationToken: cancellationToken)
        );
        await connection.ExecuteAsync(
            new CommandDefinition(Prune, new { keep = Keep }, cancellationToken: cancellationToken)
        );
        await transaction.CommitAsync(cancellationToken);
        return taken.Count;
    }

    /// <summary>The start that was asked for under an id; null where none was.</summary>
    public async Task<RotationDemand?> FindStartAsync(Guid rotationId, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<RotationDemand>(
            new CommandDefinition(FindStart, new { rotationId }, cancellationToken: cancellationToken)
        );
    }
}

/// <summary>A message to the saga that waits to be sent.</summary>
public sealed record RotationDemand
{
    /// <summary>Its number, in the order of asking.</summary>
    public long RequestId { get; init; }

    /// <summary>The rotation that it is for.</summary>
    public Guid RotationId { get; init; }

    /// <summary>Name of the message's type.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The message as JSON.</summary>
    public string Message { get; init; } = "";

    /// <summary>W3C traceparent of whoever asked.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was asked, by the database's clock.</summary>
    public DateTime RequestedAt { get; init; }
}
