using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// Requests of operators on their way to the saga: the control database is the outbox. A request may be sent twice,
/// which every state of the saga tolerates.
/// </summary>
public sealed class RequestStore(ControlDatabase control)
{
    private const string Insert = """
        INSERT INTO rotationmesh.requests (rotation_id, kind, message, trace_parent, asked_at, seal)
        VALUES (@RotationId, @Kind, @Message::jsonb, @TraceParent, @AskedAt, @Seal)
        RETURNING request_id
        """;

    // A start that was sent but has no row was lost with a queue, and is sent again; or its row was deleted, and the
    // start is refused because the audit log has its beginning. An embedding process takes the requests of its own
    // rotation, the coordinators take all others.
    private const string Take = """
        SELECT q.request_id, q.rotation_id, q.kind, q.message::text AS message, q.trace_parent, q.asked_at, q.seal
        FROM rotationmesh.requests q
        LEFT JOIN rotationmesh.rotations r ON r.correlation_id = q.rotation_id
        WHERE q.refused_at IS NULL
          AND (q.sent_at IS NULL
               OR (q.kind = 'StartRotation' AND r.correlation_id IS NULL AND q.sent_at < now() - @resendAfter))
          AND CASE WHEN @only::uuid IS NULL THEN NOT coalesce(r.embedded, false) ELSE q.rotation_id = @only END
        ORDER BY q.request_id
        LIMIT 100
        FOR UPDATE OF q SKIP LOCKED
        """;

    private const string Mark = """
        UPDATE rotationmesh.requests SET sent_at = now() WHERE request_id = @RequestId
        """;

    private const string Refuse = """
        UPDATE rotationmesh.requests SET sent_at = NULL, refused_at = pg_catalog.now(), refused_for = @fault
        WHERE request_id = @RequestId
        """;

    private const string FindRefusal = """
        SELECT refused_for FROM rotationmesh.requests WHERE request_id = @requestId
        """;

    private const string ListRefused = """
        SELECT kind, message ->> 'RequestedBy' AS requested_by, requested_at, refused_for
        FROM rotationmesh.requests
        WHERE rotation_id = @rotationId AND kind <> 'StartRotation' AND refused_at IS NOT NULL
        ORDER BY request_id DESC LIMIT @limit
        """;

    private const string Prune = """
        DELETE FROM rotationmesh.requests q
        WHERE sent_at < now() - @keep
          AND EXISTS (SELECT FROM rotationmesh.rotations r WHERE r.correlation_id = q.rotation_id)
        """;

    private const string FindStart = """
        SELECT request_id, rotation_id, kind, message::text AS message, trace_parent, requested_at, refused_at, refused_for
        FROM rotationmesh.requests WHERE rotation_id = @rotationId AND kind = 'StartRotation'
        """;

    private const string Unbegun = """
        SELECT q.request_id, q.rotation_id, q.kind, q.message::text AS message, q.trace_parent, q.requested_at, q.refused_at,
               q.refused_for
        FROM rotationmesh.requests q
        WHERE q.kind = 'StartRotation'
          AND NOT EXISTS (SELECT FROM rotationmesh.rotations r WHERE r.correlation_id = q.rotation_id)
        """;

    private const string FindUnbegunStart = $"{Unbegun} ORDER BY q.request_id DESC LIMIT 1";

    private const string ListUnbegunStarts = $"""
        {Unbegun} AND (q.refused_at IS NULL OR q.refused_at > pg_catalog.now() - @keep)
        ORDER BY q.request_id DESC LIMIT @limit
        """;

    /// <summary>A start that created no rotation is sent again after this time: the saga needs far less.</summary>
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);

    /// <summary>Requests are kept for this time, so that an operator can look up what became of one.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    /// <summary>Writes a request and returns its number.</summary>
    public Task<long> AddAsync(RotationDemand demand, CancellationToken cancellationToken) =>
        control.ScalarAsync<long>(Insert, demand, cancellationToken);

    /// <summary>Why a request was refused; null where it was not.</summary>
    public Task<string?> FindRefusalAsync(long requestId, CancellationToken cancellationToken) =>
        control.ScalarAsync<string?>(FindRefusal, new { requestId }, cancellationToken);

    /// <summary>The control requests of a rotation that were refused, the newest first.</summary>
    public Task<IReadOnlyList<RefusedRequest>> ListRefusedAsync(
        Guid rotationId,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<RefusedRequest>(ListRefused, new { rotationId, limit }, cancellationToken);

    /// <summary>
    /// Passes each unsent request to <paramref name="send"/>, oldest first. Null marks the request sent, a text marks
    /// it refused for that reason; after an exception the requests are taken again. Returns the number of requests.
    /// </summary>
    public async Task<int> TakeAsync(
        Guid? only,
        Func<RotationDemand, Task<string?>> send,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(send);
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var taken = await connection.QueryAsync<RotationDemand>(
            Take,
            new { only, resendAfter = ResendAfter },
            cancellationToken
        );
        if (taken.Count == 0)
            return 0;
        // Marked one by one: the server ends a transaction from which it hears nothing for long.
        foreach (var demand in taken)
            if (await send(demand) is not { } fault)
                await connection.ExecuteAsync(Mark, new { demand.RequestId }, cancellationToken);
            else
                await connection.ExecuteAsync(Refuse, new { demand.RequestId, fault }, cancellationToken);
        await connection.ExecuteAsync(Prune, new { keep = Keep }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return taken.Count;
    }

    /// <summary>The start requested under an id; null where there is none.</summary>
    public Task<RotationDemand?> FindStartAsync(Guid rotationId, CancellationToken cancellationToken) =>
        control.FindAsync<RotationDemand>(FindStart, new { rotationId }, cancellationToken);

    /// <summary>The newest start that has no rotation, be it refused or not; null where there is none.</summary>
    public Task<RotationDemand?> FindUnbegunStartAsync(CancellationToken cancellationToken) =>
        control.FindAsync<RotationDemand>(FindUnbegunStart, null, cancellationToken);

    /// <summary>Starts that have no rotation, the newest first: those that wait, and those refused within a day.</summary>
    public Task<IReadOnlyList<RotationDemand>> ListUnbegunStartsAsync(
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<RotationDemand>(ListUnbegunStarts, new { keep = Keep, limit }, cancellationToken);
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

    /// <summary>W3C traceparent of the requester.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Time of the request, by the requester's clock; null where an earlier release wrote it.</summary>
    public DateTime? AskedAt { get; init; }

    /// <summary>Seal by the requester; null where an earlier release wrote the request.</summary>
    public string? Seal { get; init; }

    /// <summary>When it was refused, by the database's clock; null where it was not.</summary>
    public DateTime? RefusedAt { get; init; }

    /// <summary>Why it was refused.</summary>
    public string? RefusedFor { get; init; }

    /// <summary>Time of the request, by the database's clock.</summary>
    public DateTime RequestedAt { get; init; }
}

/// <summary>A control request that was refused.</summary>
public sealed record RefusedRequest
{
    /// <summary>Name of the message's type.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Who asked, as the request says; null where it does not.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Time of the request, by the database's clock.</summary>
    public DateTime RequestedAt { get; init; }

    /// <summary>Why it was refused.</summary>
    public string RefusedFor { get; init; } = "";
}
