using System.Text.Json;

namespace RotationMesh.Control.Audit;

/// <summary>An event as the audit log keeps it.</summary>
public sealed record AuditEvent
{
    /// <summary>Position in the chain, from 1, without gaps.</summary>
    public long Sequence { get; init; }

    /// <summary>
    /// Time of the append by the database's clock, in UTC, to the microsecond. <see cref="DateTime.MinValue"/> where the
    /// table holds a time that this program can't have written.
    /// </summary>
    public DateTime RecordedAt { get; init; }

    /// <summary>What happened, in the words of <see cref="AuditKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The rotation that it concerns; null where it concerns none.</summary>
    public Guid? RotationId { get; init; }

    /// <summary>Who did it.</summary>
    public string Actor { get; init; } = "";

    /// <summary>Machine of the process that wrote it.</summary>
    public string Host { get; init; } = "";

    /// <summary>The rest: a JSON object, character for character as it was hashed.</summary>
    public string Details { get; init; } = "";

    /// <summary>Hash of the event before; zeros for the first.</summary>
    public byte[] PreviousHash { get; init; } = [];

    /// <summary>Hash of this event, as it was calculated when it was appended.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>Version of the master key that authenticates it; null for an event from before the log was keyed.</summary>
    public int? KeyVersion { get; init; }

    /// <summary>Code over the hash, as <see cref="AuditSeal"/> calculates it; null where there is no key version.</summary>
    public byte[]? Mac { get; init; }

    /// <summary>Returns the key version that this event takes out of service; null where it names none.</summary>
    public int? RetiredVersion() =>
        Kind == nameof(AuditKind.KeyRetired)
        && Detail("version") is { ValueKind: JsonValueKind.Number } version
        && version.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>
    /// Whether it retires the version whose key sealed it. The current version is never retired, so somebody wrote it who had that key
    /// alone.
    /// </summary>
    public bool IsOfItsOwnKey => KeyVersion is not null && RetiredVersion() == KeyVersion;

    /// <summary>Returns the fingerprint of the key that this event takes out of service; null where it names none.</summary>
    public string? RetiredFingerprint() =>
        Kind == nameof(AuditKind.KeyRetired)
        && Detail("fingerprint") is { ValueKind: JsonValueKind.String } fingerprint
            ? fingerprint.GetString()
            : null;

    /// <summary>Returns the state in which this event says that a rotation ended; null where it names none.</summary>
    public string? EndState() =>
        Kind == nameof(AuditKind.RotationEnded)
        && Detail("state") is { ValueKind: JsonValueKind.String } state
            ? state.GetString()
            : null;

    // Somebody with write access to the table may have put anything there.
    private JsonElement? Detail(string name)
    {
        try
        {
            using var details = JsonDocument.Parse(Details);
            return
                details.RootElement.ValueKind == JsonValueKind.Object
                && details.RootElement.TryGetProperty(name, out var found)
                ? found.Clone()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
