using RotationMesh.Core.Keys;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// Seals what ends a rotation: the census after a sweep, and the closing totals. The JSON is that which is written anew
/// from what was read, for the database changes its text.
/// </summary>
public static class ClosingSeals
{
    /// <summary>Name of the closing totals.</summary>
    public const string Summary = "summary";

    /// <summary>Name of the census after a sweep.</summary>
    public const string Census = "census";

    /// <summary>The seal of one of both, by the current key.</summary>
    public static string Of(KeyRing ring, string name, Guid rotationId, string json) =>
        ring.Seal(SealPurpose.Rotation, Content(name, rotationId, json)).ToString();

    /// <summary>Whether somebody who holds the current key wrote it.</summary>
    public static bool Holds(KeyRing ring, string name, Guid rotationId, string json, string? seal) =>
        Seal.TryParse(seal) is { } read
        && ring.Judge(SealPurpose.Rotation, Content(name, rotationId, json), read) == SealVerdict.ByCurrent;

    /// <summary>Whether somebody wrote it who holds a key of the ring: the current one may have been another then.</summary>
    public static bool WasHeld(KeyRing ring, string name, Guid rotationId, string json, string? seal) =>
        Seal.TryParse(seal) is { } read
        && ring.Judge(SealPurpose.Rotation, Content(name, rotationId, json), read)
            is SealVerdict.ByCurrent
                or SealVerdict.ByOther;

    private static ReadOnlySpan<byte> Content(string name, Guid rotationId, string json) =>
        new SealedText().Add(name).Add(rotationId.ToString()).Add(json).Bytes;
}
