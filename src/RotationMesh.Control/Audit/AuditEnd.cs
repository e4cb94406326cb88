using Npgsql;

namespace RotationMesh.Control.Audit;

/// <summary>
/// The end of the log when an event is appended. An event vouches for all events before it, so it continues the chain only
/// where a holder of the keys left that end. After anything else it begins a chain of its own, and a verification finds the
/// place.
/// </summary>
internal sealed record AuditEnd
{
    private const string Wait = "SELECT pg_catalog.pg_advisory_xact_lock($1)";

    // A statement of its own, so that it sees what the writer before committed. It reads the clock under the lock, so that
    // times follow the sequence.
    private const string Find = """
        SELECT pg_catalog.clock_timestamp(), newest.sequence, newest.hash, newest.key_version, newest.mac,
               head.sequence, head.hash, head.key_version, head.mac
        FROM (VALUES (1)) AS one
        LEFT JOIN LATERAL (
            SELECT sequence, hash, key_version, mac FROM rotationmesh.audit_events ORDER BY sequence DESC LIMIT 1
        ) AS newest ON true
        LEFT JOIN rotationmesh.audit_head AS head ON true
        """;

    // A sealed rotation that is over has left keyed events, even where the log has none now.
    private const string FindTraces = """
        SELECT EXISTS (SELECT FROM rotationmesh.rotations WHERE seal IS NOT NULL AND concluded)
        """;

    /// <summary>The time by the database's clock.</summary>
    public DateTime Now { get; private init; }

    /// <summary>The newest event, with only the columns that are read here; null where there is none.</summary>
    private AuditEvent? Newest { get; init; }

    private AuditHead? Head { get; init; }

    /// <summary>Whether a rotation that is over has left events that are sealed.</summary>
    private bool WasUsed { get; init; }

    /// <summary>Position up to which events may date from before the log was keyed.</summary>
    private long UnkeyedUpTo { get; init; }

    /// <summary>Reads the end of the log, and makes other writers wait until the transaction ends.</summary>
    public static async Task<AuditEnd> FindAsync(
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var end = await ReadAsync(transaction, cancellationToken);
        if (end.Newest?.KeyVersion is not null)
            return end;
        await using var traces = new NpgsqlCommand(FindTraces, transaction.Connection, transaction);
        return end with
        {
            WasUsed = await traces.ExecuteScalarAsync(cancellationToken) is true,
            UnkeyedUpTo = await UnkeyedBound.FindAsync(transaction.Connection!, cancellationToken) ?? 0,
        };
    }

    /// <summary>Returns the position and the previous hash of the event that is appended.</summary>
    public (long Sequence, byte[] PreviousHash) Next(AuditSeal seal) =>
        (IsBelieved(seal), Newest) switch
        {
            (true, null) => (1, AuditHash.Start),
            (true, { } newest) => (newest.Sequence + 1, newest.Hash),
            (false, { } newest) => (newest.Sequence + 1, AuditHash.Start),
            // All events were removed: the gap shows it.
            (false, null) => ((Head?.Sequence ?? 1) + 1, AuditHash.Start),
        };

    private bool IsBelieved(AuditSeal seal) =>
        Newest switch
        {
            null => Head is null && !WasUsed,
            { KeyVersion: null } => Head is null && !WasUsed && Newest.Sequence <= UnkeyedUpTo,
            _ => IsLeft(seal),
        };

    // An end whose code can't be checked is not carried on: whoever owns the schema names the version of a key that is destroyed, and
    // the next event would vouch for all that they wrote.
    private bool IsLeft(AuditSeal seal) =>
        seal.IsSound(Newest!)
        && Head is not null
        && Head.Sequence == Newest!.Sequence
        && AuditSeal.Same(Head.Hash, Newest.Hash)
        && seal.IsSound(Head);

    private static async Task<AuditEnd> ReadAsync(
        NpgsqlTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(transaction.Connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Wait) { Parameters = { new() { Value = AuditLog.ChainLock } } },
                new NpgsqlBatchCommand(Find),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new AuditEnd
        {
            Now = reader.GetDateTime(0),
            Newest = reader.IsDBNull(1)
                ? null
                : new AuditEvent
                {
                    Sequence = reader.GetInt64(1),
                    Hash = reader.GetFieldValue<byte[]>(2),
                    KeyVersion = reader.IsDBNull(3) ? null : reader.GetInt32(3),
                    Mac = reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4),
                },
            Head = reader.IsDBNull(5)
                ? null
                : new AuditHead
                {
                    Sequence = reader.GetInt64(5),
                    Hash = reader.GetFieldValue<byte[]>(6),
                    KeyVersion = reader.GetInt32(7),
                    Mac = reader.GetFieldValue<byte[]>(8),
                },
        };
    }
}
