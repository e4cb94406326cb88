using Npgsql;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Audit;

/// <summary>Hashes of events, noted outside the chain: the newest event of each rotation, and each retirement of a key.</summary>
public sealed class AuditMarks(ControlDatabase control)
{
    private const string Note = """
        UPDATE rotationmesh.rotations SET audit_sequence = @Sequence, audit_hash = @Hash WHERE correlation_id = @RotationId
        """;

    private const string List = """
        SELECT audit_sequence AS sequence, audit_hash AS hash, 'rotation ' || correlation_id AS noted_by,
               correlation_id AS rotation_id, NULL::int AS retired_version
        FROM rotationmesh.rotations WHERE audit_sequence IS NOT NULL
        UNION ALL
        SELECT audit_sequence, audit_hash, 'the retirement of key version ' || version, NULL, version
        FROM rotationmesh.retired_keys
        ORDER BY sequence
        """;

    // A schema without the column seal is of a release that sealed nothing.
    private const string ListSealed = """
        SELECT rotation.* FROM (VALUES (NULL::text)) AS absent (seal)
        CROSS JOIN LATERAL (
            SELECT correlation_id AS id, state, concluded, seal, target_version FROM rotationmesh.rotations
        ) AS rotation
        WHERE rotation.seal IS NOT NULL ORDER BY rotation.id
        """;

    /// <summary>Notes an event as the newest of its rotation, in the transaction that appended it.</summary>
    public static Task NoteAsync(
        NpgsqlTransaction transaction,
        AuditEvent appended,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return transaction.Connection!.ExecuteAsync(Note, appended, cancellationToken);
    }

    /// <summary>Reads the noted events, in the order of the chain.</summary>
    public Task<IReadOnlyList<AuditMark>> ReadAsync(CancellationToken cancellationToken) =>
        control.QueryAsync<AuditMark>(List, null, cancellationToken);

    /// <summary>Reads the rotations whose record is sealed: the log should have sealed events of them.</summary>
    public Task<IReadOnlyList<SealedRotation>> ReadRotationsAsync(CancellationToken cancellationToken) =>
        control.QueryAsync<SealedRotation>(ListSealed, null, cancellationToken);

    /// <summary>Reads the position up to which events may date from before the log was keyed; null where it isn't.</summary>
    public Task<long?> ReadUnkeyedBoundAsync(CancellationToken cancellationToken) =>
        UnkeyedBound.FindAsync(control, cancellationToken);
}

/// <summary>An event of the chain as it was noted elsewhere.</summary>
public sealed record AuditMark
{
    /// <summary>Its position.</summary>
    public long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Where it is noted.</summary>
    public string NotedBy { get; init; } = "";

    /// <summary>The rotation whose newest event it must be; null where it must be a retirement.</summary>
    public Guid? RotationId { get; init; }

    /// <summary>The key version that it must take out of service; null where it must be a rotation's event.</summary>
    public int? RetiredVersion { get; init; }

    /// <summary>Whether an event is the noted one: the hash of another rotation's or retirement's event proves nothing.</summary>
    public bool Names(AuditEvent read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return AuditSeal.Same(Hash, read.Hash)
            && (
                RetiredVersion is { } version
                    ? read.RetiredVersion() == version
                    : read.RotationId == RotationId
            );
    }
}
