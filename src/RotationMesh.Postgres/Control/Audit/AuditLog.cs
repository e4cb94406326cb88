using System.Data;
using Npgsql;

namespace RotationMesh.Postgres.Control.Audit;

/// <summary>
/// Appends to the audit log. A role that may INSERT and SELECT suffices. Writers come one after the other: each waits for
/// the commit of the one before, so append last in a transaction, and end it soon.
/// </summary>
public sealed class AuditLog(NpgsqlDataSource source)
{
    /// <summary>Held while an event is appended, to the end of its transaction; any number that nobody else uses.</summary>
    internal const long ChainLock = 0x526F746D65736802;

    private const string Wait = "SELECT pg_advisory_xact_lock($1)";

    // A statement of its own: it must see what the writer before committed. The clock is read under the lock, so that
    // times follow the sequence.
    private const string Head = """
        SELECT clock_timestamp(), head.sequence, head.hash
        FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
            SELECT sequence, hash FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1
        ) AS head ON true
        """;

    private const string Insert = """
        INSERT INTO rotationmesh.audit_events
            (sequence, recorded_at, kind, rotation_id, actor, host, details, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8, $9)
        """;

    /// <summary>Appends an event in a transaction of its own.</summary>
    public async Task<AuditEvent> AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var appended = await AppendAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return appended;
    }

    /// <summary>
    /// Appends an event in the caller's transaction: it is there if that commits, and not otherwise. Throws
    /// <see cref="ArgumentException"/> for an isolation level above READ COMMITTED, which would not see the newest event.
    /// </summary>
    public static async Task<AuditEvent> AppendAsync(
        NpgsqlTransaction transaction,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entry);
        if (transaction.IsolationLevel != IsolationLevel.ReadCommitted)
            throw new ArgumentException("the transaction is not READ COMMITTED", nameof(transaction));
        var unsigned = await NextAsync(transaction, entry, cancellationToken);
        var appended = unsigned with { Hash = AuditHash.Of(unsigned) };
        await using var insert = new NpgsqlCommand(Insert, transaction.Connection, transaction)
        {
            Parameters =
            {
                new() { Value = appended.Sequence },
                new() { Value = appended.RecordedAt },
                new() { Value = appended.Kind },
                new() { Value = (object?)appended.RotationId ?? DBNull.Value },
                new() { Value = appended.Actor },
                new() { Value = appended.Host },
                new() { Value = appended.Details },
                new() { Value = appended.PreviousHash },
                new() { Value = appended.Hash },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
        return appended;
    }

    private static async Task<AuditEvent> NextAsync(
        NpgsqlTransaction transaction,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Wait) { Parameters = { new() { Value = ChainLock } } },
                new NpgsqlBatchCommand(Head),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var isFirst = await reader.IsDBNullAsync(1, cancellationToken);
        return new AuditEvent
        {
            Sequence = isFirst ? 1 : reader.GetInt64(1) + 1,
            RecordedAt = reader.GetDateTime(0),
            Kind = entry.Kind,
            RotationId = entry.RotationId,
            Actor = entry.Actor,
            Host = entry.Host,
            Details = entry.Details,
            PreviousHash = isFirst ? AuditHash.Start : reader.GetFieldValue<byte[]>(2),
        };
    }
}
