using System.Globalization;
using RotationMesh.Core.Keys;

namespace RotationMesh.Bus.Sealing;

/// <summary>Seals messages by this process' keys, and says which to heed.</summary>
internal sealed class MessageSeals(KeyRing ring, TimeProvider clock)
{
    /// <summary>Said of a message that anybody may have made.</summary>
    public const string None = "it carries no seal";

    private const string Broken = "its seal does not fit";
    private const string Stale = "it was sealed too long ago, or clocks differ";
    private const string Unknown =
        "it is sealed with a key that this process does not hold: give coordinators and workers the same keys";

    private readonly string replaced = string.Create(
        CultureInfo.InvariantCulture,
        $"it is sealed with a key that is not this process's current one ({ring.CurrentVersion}): give coordinators and workers the same keys"
    );

    /// <summary>The header for a message of that type.</summary>
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

    /// <summary>What a message is worth whose header and bytes these are.</summary>
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
/// What is known of a message before it is read: the type that it must be of, the fingerprints of keys that its sender
/// has shown to hold, whether the current one is among them, and why it is not to be believed; null where it is.
/// </summary>
internal sealed record SealExamination(
    string? Type,
    IReadOnlyCollection<string> Proven,
    bool ByCurrent,
    string? Fault
)
{
    /// <summary>It is not even read.</summary>
    public static SealExamination Drop(string cause) => new(null, [], false, cause);

    /// <summary>Whether it is read at all.</summary>
    public bool IsDropped => Type is null;
}
