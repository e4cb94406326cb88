using Npgsql;

namespace RotationMesh.Control.Audit;

/// <summary>The record of the newest event. Only a holder of the keys can write one with a right code.</summary>
public sealed record AuditHead
{
    private const string Upsert = """
        INSERT INTO rotationmesh.audit_head (is_only, sequence, hash, key_version, mac)
        VALUES (true, $1, $2, $3, $4)
        ON CONFLICT (is_only) DO UPDATE
        SET sequence = EXCLUDED.sequence, hash = EXCLUDED.hash, key_version = EXCLUDED.key_version, mac = EXCLUDED.mac
        """;

    private const string Find = "SELECT sequence, hash, key_version, mac FROM rotationmesh.audit_head";

    /// <summary>Position of the event.</summary>
    public long Sequence { get; init; }

    /// <summary>Its hash.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Version of the master key under which the record is authenticated.</summary>
    public int KeyVersion { get; init; }

    /// <summary>Code over position and hash.</summary>
    public byte[] Mac { get; init; } = [];

    /// <summary>Reads the record; null where no event is keyed yet.</summary>
    public static async Task<AuditHead?> FindAsync(
        ControlDatabase control,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        return await control.FindAsync<AuditHead>(Find, null, cancellationToken);
    }

    /// <summary>Returns the statement that writes the record; it runs in the batch that appends the event.</summary>
    internal NpgsqlBatchCommand ToCommand() =>
        new(Upsert)
        {
            Parameters =
            {
                new() { Value = Sequence },
                new() { Value = Hash },
                new() { Value = KeyVersion },
                new() { Value = Mac },
            },
        };
}
