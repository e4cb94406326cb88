using System.Text.Json;

namespace RotationMesh.Control.Audit;

/// <summary>An event as the audit log keeps it.</summary>
public sealed record AuditEvent
{
    /// <summary>Position in the chain, from 1, without gaps.</summary>
    public long Sequence { get; init; }

    /// <summary>
    /// When it was appended, by the database's clock, to the microsecond, UTC; <see cref="DateTime.MinValue"/> where what
    /// stands there is no time that it can have been.
    /// </summary>
    public DateTime RecordedAt { get; init; }

    /// <summary>What happened, in the words of <see cref="AuditKind"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The rotation that it happened to.</summary>
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

    /// <summary>Version of the master key that it is authenticated under; null for an event from before the chain was keyed.</summary>
    public int? KeyVersion { get; init; }

    /// <summary>Code over the hash, as <see cref="AuditSeal"/> calculates it; null where there is no key version.</summary>
    public byte[]? Mac { get; init; }

    /// <summary>The key version that it takes out of service; null where it tells of something else.</summary>
    public int? RetiredVersion() =>
        Kind == nameof(AuditKind.KeyRetired)
        && Detail("version") is { ValueKind: JsonValueKind.Number } version
        && version.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>Fingerprint of the key that it takes out of service, where it names one.</summary>
    public string? RetiredFingerprint() =>
        Kind == nameof(AuditKind.KeyRetired)
        && Detail("fingerprint") is { ValueKind: JsonValueKind.String } fingerprint
            ? fingerprint.GetString()
            : null;

    /// <summary>The state that a rotation ended in; null where it tells of something else.</summary>
    public string? EndState() =>
        Kind == nameof(AuditKind.RotationEnded)
        && Detail("state") is { ValueKind: JsonValueKind.String } state
            ? state.GetString()
            : null;

    // Whoever writes to the table may have put anything there.
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
