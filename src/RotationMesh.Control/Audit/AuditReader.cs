using System.Runtime.CompilerServices;
using Dapper;

namespace RotationMesh.Control.Audit;

/// <summary>Reads the audit log.</summary>
public sealed class AuditReader(ControlDatabase control)
{
    // The table accepts times that .NET can't hold; this program never wrote one. A log that no release with keys has
    // upgraded lacks two columns: their names then stand for those of "absent".
    private const string Columns = """
        SELECT written.*
        FROM (VALUES (NULL::pg_catalog.int4, NULL::pg_catalog.bytea)) AS absent (key_version, mac)
        CROSS JOIN LATERAL (
            SELECT sequence,
                   CASE WHEN recorded_at BETWEEN '0001-01-02 00:00:00+00' AND '9999-12-31 00:00:00+00' THEN recorded_at
                        ELSE '0001-01-01 00:00:00+00' END AS recorded_at,
                   kind, rotation_id, actor, host, details::pg_catalog.text AS details, previous_hash, hash,
                   key_version, mac
            FROM rotationmesh.audit_events
        ) AS written
        """;

    private const string Whole = $"{Columns} ORDER BY sequence";

    private const string Latest = $"""
        SELECT * FROM ({Columns} ORDER BY sequence DESC LIMIT @limit) AS latest ORDER BY sequence
        """;

    // Who asked for it and which gates were overridden is at the beginning, how it went at the end.
    private const string OfRotation = $"""
        SELECT * FROM (
            ({Columns} WHERE rotation_id = @rotationId ORDER BY sequence LIMIT @limit / 5)
            UNION
            ({Columns} WHERE rotation_id = @rotationId ORDER BY sequence DESC LIMIT @limit - @limit / 5)
        ) AS told ORDER BY sequence
        """;

    private const string Retirements = $"{Columns} WHERE kind = 'KeyRetired' ORDER BY sequence";

    private const string From = $"{Columns} WHERE sequence >= @sequence ORDER BY sequence";

    private const string One = $"{Columns} WHERE sequence = @sequence";

    private const string NewestKeyBefore = """
        SELECT pg_catalog.max(key_version) FROM rotationmesh.audit_events WHERE sequence < @sequence
        """;

    private const string CountAll = "SELECT pg_catalog.count(*) FROM rotationmesh.audit_events";

    private const string CountOfRotation = $"{CountAll} WHERE rotation_id = @rotationId";

    /// <summary>Streams every event in the order of the chain.</summary>
    public IAsyncEnumerable<AuditEvent> ReadAsync(CancellationToken cancellationToken) =>
        StreamAsync(Whole, null, cancellationToken);

    /// <summary>Reads the newest events, in the order of the chain.</summary>
    public Task<IReadOnlyList<AuditEvent>> ReadLatestAsync(int limit, CancellationToken cancellationToken) =>
        control.QueryAsync<AuditEvent>(Latest, new { limit }, cancellationToken);

    /// <summary>
    /// Reads the events of a rotation, in the order of the chain: where there are more than <paramref name="limit"/>, a
    /// fifth of it from the beginning, and the newest.
    /// </summary>
    public Task<IReadOnlyList<AuditEvent>> ReadRotationAsync(
        Guid rotationId,
        int limit,
        CancellationToken cancellationToken
    ) => control.QueryAsync<AuditEvent>(OfRotation, new { rotationId, limit }, cancellationToken);

    /// <summary>Reads the event at a position; null where there is none.</summary>
    public Task<AuditEvent?> FindAsync(long sequence, CancellationToken cancellationToken) =>
        control.FindAsync<AuditEvent>(One, new { sequence }, cancellationToken);

    /// <summary>Reads the events that take key versions out of service.</summary>
    internal Task<IReadOnlyList<AuditEvent>> ReadRetirementsAsync(CancellationToken cancellationToken) =>
        control.QueryAsync<AuditEvent>(Retirements, null, cancellationToken);

    /// <summary>Streams the events from a position on.</summary>
    internal IAsyncEnumerable<AuditEvent> ReadFromAsync(long sequence, CancellationToken cancellationToken) =>
        StreamAsync(From, new { sequence }, cancellationToken);

    /// <summary>Returns the newest key version of the events before a position; null where none of them is keyed.</summary>
    internal Task<int?> FindNewestKeyBeforeAsync(long sequence, CancellationToken cancellationToken) =>
        control.ScalarAsync<int?>(NewestKeyBefore, new { sequence }, cancellationToken);

    /// <summary>Counts the events of a rotation, or all of them.</summary>
    public Task<long> CountAsync(Guid? rotationId, CancellationToken cancellationToken) =>
        control.ScalarAsync<long>(
            rotationId is null ? CountAll : CountOfRotation,
            new { rotationId },
            cancellationToken
        );

    private async IAsyncEnumerable<AuditEvent> StreamAsync(
        string sql,
        object? values,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await foreach (
            var read in connection
                .QueryUnbufferedAsync<AuditEvent>(sql, values)
                .WithCancellation(cancellationToken)
        )
            yield return read;
    }
}
