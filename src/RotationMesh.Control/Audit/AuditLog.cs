using System.Data;
using Npgsql;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Audit;

/// <summary>
/// Appends to the audit log, under the current key of a ring. The role needs INSERT and SELECT, and UPDATE for the record
/// of the newest event. Each writer waits for the commit of the one before, so append last in a transaction, and end it
/// soon.
/// </summary>
/// <param name="ring">Keys; the current one authenticates what is appended.</param>
/// <param name="appended">Called with each event once it is committed.</param>
public sealed class AuditLog(KeyRing ring, Action<AuditEvent>? appended = null)
{
    /// <summary>Advisory lock from an append to the end of its transaction; any number that nobody else uses.</summary>
    internal const long ChainLock = 0x526F746D65736802;

    private const string Insert = """
        INSERT INTO rotationmesh.audit_events
            (sequence, recorded_at, kind, rotation_id, actor, host, details, previous_hash, hash, key_version, mac)
        VALUES ($1, $2, $3, $4, $5, $6, $7::pg_catalog.json, $8, $9, $10, $11)
        """;

    private readonly AuditSeal seal = new(new AuditMac(ring));

    /// <summary>The keys that seal the events.</summary>
    internal KeyRing Ring => ring;

    /// <summary>
    /// Appends an event in the caller's transaction: it exists only if that commits. After the commit the caller calls
    /// <see cref="Committed"/>. Throws <see cref="ArgumentException"/> for an isolation level above READ COMMITTED, which
    /// would not see the newest event.
    /// </summary>
    public async Task<AuditEvent> AppendAsync(
        NpgsqlTransaction transaction,
        AuditEntry entry,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(entry);
        if (transaction.IsolationLevel != IsolationLevel.ReadCommitted)
            throw new ArgumentException("the transaction is not READ COMMITTED", nameof(transaction));
        var version = seal.CurrentVersion;
        var next = await NextAsync(transaction, entry, version, cancellationToken);
        var hash = AuditHash.Of(next);
        var written = next with { Hash = hash, Mac = seal.OfEvent(version, hash) };
        var head = new AuditHead
        {
            Sequence = written.Sequence,
            Hash = hash,
            KeyVersion = version,
            Mac = seal.OfHead(version, written.Sequence, hash),
        };
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands = { Insertion(written), head.ToCommand() },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return written;
    }

    /// <summary>Reports that an event's transaction is committed: from now on its hash may be compared with the log.</summary>
    public void Committed(AuditEvent written) => appended?.Invoke(written);

    private static NpgsqlBatchCommand Insertion(AuditEvent written) =>
        new(Insert)
        {
            Parameters =
            {
                new() { Value = written.Sequence },
                new() { Value = written.RecordedAt },
                new() { Value = written.Kind },
                new() { Value = (object?)written.RotationId ?? DBNull.Value },
                new() { Value = written.Actor },
                new() { Value = written.Host },
                new() { Value = written.Details },
                new() { Value = written.PreviousHash },
                new() { Value = written.Hash },
                new() { Value = (object?)written.KeyVersion ?? DBNull.Value },
                new() { Value = (object?)written.Mac ?? DBNull.Value },
            },
        };

    private async Task<AuditEvent> NextAsync(
        NpgsqlTransaction transaction,
        AuditEntry entry,
        int keyVersion,
        CancellationToken cancellationToken
    )
    {
        var end = await AuditEnd.FindAsync(transaction, cancellationToken);
        var (sequence, previous) = end.Next(seal);
        return new AuditEvent
        {
            Sequence = sequence,
            RecordedAt = end.Now,
            Kind = entry.Kind,
            RotationId = entry.RotationId,
            Actor = entry.Actor,
            Host = entry.Host,
            Details = entry.Details,
            PreviousHash = previous,
            KeyVersion = keyVersion,
        };
    }
}
