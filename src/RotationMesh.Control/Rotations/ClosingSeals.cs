using RotationMesh.Core.Keys;

namespace RotationMesh.Control.Rotations;

/// <summary>
/// Seals what ends a rotation: the census after a sweep, and the closing totals. The seal covers JSON that is
/// serialized again from the values read, because the database changes the text.
/// </summary>
public static class ClosingSeals
{
    /// <summary>Name of the closing totals.</summary>
    public const string Summary = "summary";

    /// <summary>Name of the census after a sweep.</summary>
    public const string Census = "census";

    /// <summary>Seals the census or the closing totals with the current key.</summary>
    public static string Of(KeyRing ring, string name, Guid rotationId, string json) =>
        ring.Seal(SealPurpose.Rotation, Content(name, rotationId, json)).ToString();

    /// <summary>Whether the seal is valid under the current key.</summary>
    public static bool Holds(KeyRing ring, string name, Guid rotationId, string json, string? seal) =>
        Seal.TryParse(seal) is { } read
        && ring.Judge(SealPurpose.Rotation, Content(name, rotationId, json), read) == SealVerdict.ByCurrent;

    /// <summary>
    /// Whether the seal is valid under a key of the ring that may have been current then: the current one, that of the target
    /// version, or one between. Whoever has an older key could write anything.
    /// </summary>
    public static bool WasHeld(
        KeyRing ring,
        string name,
        Guid rotationId,
        string json,
        string? seal,
        int targetVersion
    ) =>
        Seal.TryParse(seal) is { } read
        && ring.Judge(SealPurpose.Rotation, Content(name, rotationId, json), read, out var by) switch
        {
            SealVerdict.ByCurrent => true,
            SealVerdict.ByOther => by >= targetVersion,
            _ => false,
        };

    private static ReadOnlySpan<byte> Content(string name, Guid rotationId, string json) =>
        new SealedText().Add(name).Add(rotationId.ToString()).Add(json).Bytes;
}
