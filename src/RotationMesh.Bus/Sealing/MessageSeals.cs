using System.Globalization;
using RotationMesh.Core.Keys;

namespace RotationMesh.Bus.Sealing;

/// <summary>Seals messages with this process's keys, and judges the seals of received ones.</summary>
internal sealed class MessageSeals(KeyRing ring, TimeProvider clock)
{
    /// <summary>Cause for dropping a message that anybody may have made.</summary>
    public const string None = "it carries no seal";

    private const string Broken = "its seal does not fit";
    private const string Stale = "it was sealed too long ago, or clocks differ";
    private const string Unknown =
        "it is sealed with a key that this process does not hold: give coordinators and workers the same keys";

    private readonly string replaced = string.Create(
        CultureInfo.InvariantCulture,
        $"it is sealed with a key that is not this process's current one ({ring.CurrentVersion}): give coordinators and workers the same keys"
    );

    /// <summary>Returns the header for a message of a type.</summary>
    public SealHeader Seal(string type, ReadOnlySpan<byte> body)
    {
        var at = clock.GetUtcNow();
        var content = SealHeader.Content(at, type, body);
        return new SealHeader(
            at,
            type,
            SealRules.IsByAnyKey(type)
                ? ring.SealByEach(SealPurpose.Message, content)
                : [ring.Seal(SealPurpose.Message, content)]
        );
    }

    /// <summary>Judges a message by its header and its bytes.</summary>
    public SealExamination Examine(string? header, ReadOnlySpan<byte> body)
    {
        if (SealHeader.TryParse(header) is not { } read)
            return SealExamination.Drop(None);
        var content = SealHeader.Content(read.At, read.Type, body);
        var proven = new List<string>();
        var (current, worst) = (false, Unknown);
        foreach (var seal in read.Seals)
            switch (ring.Judge(SealPurpose.Message, content, seal))
            {
                case SealVerdict.ByCurrent:
                    current = true;
                    proven.Add(seal.Fingerprint);
                    break;
                case SealVerdict.ByOther when SealRules.IsByAnyKey(read.Type):
                    proven.Add(seal.Fingerprint);
                    break;
                case SealVerdict.ByOther:
                    worst = replaced;
                    break;
                case SealVerdict.Broken:
                    return SealExamination.Drop(Broken);
            }

        if (proven.Count == 0)
            return SealRules.IsRefusable(read.Type)
                ? new SealExamination(read.Type, [], false, worst)
                : SealExamination.Drop(worst);
        return SealRules.IsStale(read.Type, clock.GetUtcNow() - read.At)
            ? SealExamination.Drop(Stale)
            : new SealExamination(read.Type, proven, current, null);
    }
}

/// <summary>
/// What is known of a message before it is read: the type that it must have, the fingerprints of keys that its sender has
/// proved to hold, whether the current key is among them, and why the message can't be trusted (null where it can).
/// </summary>
internal sealed record SealExamination(
    string? Type,
    IReadOnlyCollection<string> Proven,
    bool ByCurrent,
    string? Fault
)
{
    /// <summary>Returns the result for a message that is dropped unread.</summary>
    public static SealExamination Drop(string cause) => new(null, [], false, cause);

    /// <summary>Whether the message is dropped unread.</summary>
    public bool IsDropped => Type is null;
}
