using System.Text.Json;
using RotationMesh.Control.Guards;
using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// Result of the census after a sweep, stored with the rotation. The saga decides by this row, which is written under
/// the guard, and not by the message that announces it.
/// </summary>
public sealed record ClosingCensus
{
    // A duplicate command may answer after the saga has acted on the first answer: the first answer stays.
    private const string Write = """
        UPDATE rotationmesh.rotations SET census = @census::jsonb, census_seal = @seal
        WHERE correlation_id = @rotationId AND sweep = @sweep AND state = 'Rotating'
        """;

    private const string Find = """
        SELECT census::text AS json, census_seal AS seal FROM rotationmesh.rotations WHERE correlation_id = @rotationId
        """;

    /// <summary>The sweep that the census followed.</summary>
    public required int Sweep { get; init; }

    /// <summary>Rows that are not at the target version, and that no recorded failure accounts for.</summary>
    public required long PendingRows { get; init; }

    /// <summary>Rows that are not at the target version, accounted for or not.</summary>
    public long BelowTarget { get; init; }

    /// <summary>Rows of each table with their value in it: the rows to verify. Null from an earlier release.</summary>
    public IReadOnlyList<StoredRows>? Stored { get; init; }

    /// <summary>Why some database could not be counted; null where all were.</summary>
    public string? Uncounted { get; init; }

    /// <summary>
    /// Transactions that were open before the census and did not end in time: what they wrote was not counted. Null where
    /// there are none.
    /// </summary>
    public string? OpenWriters { get; init; }

    /// <summary>What the counts rest on where the role does not see every row; null or empty where it does.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Why rows are left should no further sweep be made; null where none is.</summary>
    public string? GivenUp { get; init; }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote; null without a census or a seal that holds.</summary>
    public static ClosingCensus? Read(KeyRing ring, Guid rotationId, string? json, string? seal)
    {
        var census = json is null ? null : JsonSerializer.Deserialize<ClosingCensus>(json);
        return
            census is not null
            && ClosingSeals.Holds(ring, ClosingSeals.Census, rotationId, census.ToJson(), seal)
            ? census
            : null;
    }

    /// <summary>The census that was written last; null where none was.</summary>
    public static async Task<ClosingCensus?> FindAsync(
        ControlDatabase control,
        KeyRing ring,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(control);
        var (json, seal) = await control.FindAsync<(string? Json, string? Seal)>(
            Find,
            new { rotationId },
            cancellationToken
        );
        return Read(ring, rotationId, json, seal);
    }

    /// <summary>
    /// Stores the sealed census with the rotation, over the session that holds the guard. False where the rotation
    /// moved on.
    /// </summary>
    public async Task<bool> WriteAsync(
        HeldWork held,
        KeyRing ring,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(held);
        var written = await held.ExecuteAsync(
            Write,
            new
            {
                rotationId,
                Sweep,
                census = ToJson(),
                seal = ClosingSeals.Of(ring, ClosingSeals.Census, rotationId, ToJson()),
            },
            cancellationToken
        );
        return written == 1;
    }

    private string ToJson() => JsonSerializer.Serialize(this);
}

/// <summary>A table of a census, and the number of its rows that store their value in it.</summary>
public sealed record StoredRows(string Scope, string Database, string Table, long Rows);
