using Npgsql;
using RotationMesh.Control.Guards;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// The keys that rotations met under each version: one decrypted value proves its key. A role that may write the
/// control schema can add and delete entries: a missing entry proves nothing, and no entry lets anybody retire a key.
/// </summary>
public sealed class MetKeyStore(ControlDatabase control)
{
    private const string Record = """
        INSERT INTO rotationmesh.met_keys (version, fingerprint, rotation_id)
        SELECT version, fingerprint, @rotationId FROM unnest(@versions, @fingerprints) AS met (version, fingerprint)
        ON CONFLICT (version, fingerprint) DO NOTHING
        """;

    // A rotation that never planned a sweep wrote nothing under its target: that key may have been the wrong one.
    private const string Targets = """
        SELECT target_version AS version, target_fingerprint AS fingerprint FROM rotationmesh.rotations WHERE sweep > 0
        """;

    private const string All = $"""
        SELECT version, fingerprint FROM rotationmesh.met_keys UNION {Targets} ORDER BY version, fingerprint
        """;

    /// <summary>Records the keys that opened a value, over the session that holds the guard.</summary>
    public static async Task RecordAsync(
        HeldWork held,
        Guid rotationId,
        IReadOnlyList<ProbeResult> tried,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        var met = tried.Where(result => result.IsProved).ToList();
        if (met.Count == 0)
            return;
        await held.ExecuteAsync(
            Record,
            new
            {
                rotationId,
                versions = met.Select(result => result.Version).ToArray(),
                fingerprints = met.Select(result => result.Fingerprint).ToArray(),
            },
            cancellationToken
        );
    }

    /// <summary>All met keys, and the keys that rotations brought rows to; empty where there was no rotation.</summary>
    public async Task<IReadOnlyList<MetKey>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await control.HasAsync("rotations", cancellationToken))
                return [];
            var sql = await control.HasAsync("met_keys", cancellationToken) ? All : Targets;
            return await control.QueryAsync<MetKey>(sql, null, cancellationToken);
        }
        catch (PostgresException fault)
            when (fault.SqlState
                    is PostgresErrorCodes.InsufficientPrivilege
                        or PostgresErrorCodes.UndefinedColumn
            )
        {
            return []; // a role that may read only the rows, or a schema older than sweeps
        }
    }
}

/// <summary>A key that a rotation met under a version, or brought rows to.</summary>
public sealed record MetKey
{
    /// <summary>The version.</summary>
    public int Version { get; init; }

    /// <summary>Fingerprint of its key.</summary>
    public string Fingerprint { get; init; } = "";
}
