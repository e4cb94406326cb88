using System.Text.Json;
using System.Text.Json.Serialization;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Records;

/// <summary>The closing totals of a rotation, as they are kept with it.</summary>
public sealed record ClosingSummary(long Verified, IReadOnlyList<TableTotals> Tables)
{
    /// <summary>
    /// Number of the rules by which this release concludes a rotation. Raise it with each new doubt: an earlier release that
    /// still runs then ends no rotation (migrations 0031, 0040 and 0041).
    /// </summary>
    public const int CurrentRules = 6;

    /// <summary>
    /// Returns totals with what verification found; <see cref="Verified"/> counts the rows of which nothing failed.
    /// </summary>
    public static ClosingSummary Of(DecryptedRows decrypted, IReadOnlyList<TableTotals> tables)
    {
        ArgumentNullException.ThrowIfNull(decrypted);
        return new ClosingSummary(decrypted.Sound, tables) { Decrypted = decrypted };
    }

    /// <summary>What verification found; null in totals from before rows without a value were counted.</summary>
    public DecryptedRows? Decrypted { get; init; }

    /// <summary>The sweep after which the totals were written.</summary>
    public int Sweep { get; init; }

    /// <summary>
    /// Position of the rotation's newest audit event when its rows were counted: totals from before a change of state
    /// are not those of its end. Null where the rotation had no event, and in totals of an earlier release, whose
    /// seal covers a text without this number.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AuditSequence { get; init; }

    /// <summary>The rules by which it was concluded; null in totals of an earlier release.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Rules { get; init; }

    /// <summary>
    /// When the totals were written, by the control database's clock; null in totals of an earlier release.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? WrittenAt { get; init; }

    /// <summary>What the application answered after that sweep; null where it was not asked.</summary>
    public IReadOnlyList<PostCheckDocument>? PostChecks { get; init; }

    /// <summary>Whether the rotation was cancelled before its end.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Partitions of the last verification that failed as a whole.</summary>
    public long FailedPartitions { get; init; }

    /// <summary>What contradicts the workers' reports that everything decrypts; null or empty where nothing does.</summary>
    public IReadOnlyList<string>? Doubts { get; init; }

    /// <summary>Transactions that were open before the closing census and did not end; null where there are none.</summary>
    public string? OpenWriters { get; init; }

    /// <summary>What the counts rest on where the role does not see every row; null or empty where it does.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Why the end is not clean although no row is known to have failed; null where it is clean, or rows have failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether every row is at the target version, was verified as far as asked, and the application agrees.</summary>
    public bool IsClean() =>
        !Cancelled
        && FailedPartitions == 0
        && OpenWriters is null
        && Tables.All(table => table.Failed == 0)
        && (Doubts is null or { Count: 0 })
        && PostChecks?.All(check => check.Passed) != false;

    /// <summary>Returns the seal of these totals under the current key.</summary>
    public string SealFor(KeyRing ring, Guid rotationId) =>
        ClosingSeals.Of(ring, ClosingSeals.Summary, rotationId, ToJson());

    /// <summary>Reads totals; null where there are none, or where their seal is not valid under the current key.</summary>
    public static ClosingSummary? Read(KeyRing ring, Guid rotationId, string? json, string? seal)
    {
        var summary = json is null ? null : JsonSerializer.Deserialize<ClosingSummary>(json);
        return
            summary is not null
            && ClosingSeals.Holds(ring, ClosingSeals.Summary, rotationId, summary.ToJson(), seal)
            ? summary
            : null;
    }

    /// <summary>
    /// Whether a rotation that has ended was sealed with these very totals, under the key of its target version or a later one:
    /// another key may be the current one now.
    /// </summary>
    public bool WasSealed(KeyRing ring, Guid rotationId, string? seal, int targetVersion) =>
        ClosingSeals.WasHeld(ring, ClosingSeals.Summary, rotationId, ToJson(), seal, targetVersion);

    /// <summary>Returns the JSON that is kept.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);
}
