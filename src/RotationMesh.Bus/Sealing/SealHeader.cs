using System.Globalization;
using RotationMesh.Core.Keys;

namespace RotationMesh.Bus.Sealing;

/// <summary>
/// The header of a sealed message: the time of sealing, the name of its type, and the seals, which cover both and the
/// message's bytes as they were sent.
/// </summary>
internal sealed record SealHeader(DateTimeOffset At, string Type, IReadOnlyList<Seal> Seals)
{
    /// <summary>The header's name.</summary>
    public const string Name = "rotationmesh-seal";

    /// <summary>Most seals in a header, one for each key of a ring; a header with more is invalid.</summary>
    private const int MostSeals = 1000;

    private const int FirstSeal = 2;

    /// <summary>Returns the bytes that are sealed.</summary>
    public static ReadOnlySpan<byte> Content(DateTimeOffset at, string type, ReadOnlySpan<byte> body) =>
        new SealedText().Add(at.ToUnixTimeMilliseconds()).Add(type).Add(body).Bytes;

    /// <summary>The header's value as it is sent.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            Seals
                .Select(seal => seal.ToString())
                .Prepend(Type)
                .Prepend(At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))
        );

    /// <summary>Parses a header's value; null where it is invalid.</summary>
    public static SealHeader? TryParse(string? text)
    {
        if (text?.Split(' ') is not { Length: > FirstSeal and <= MostSeals + FirstSeal } parts)
            return null;
        if (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            return null;
        if (at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            return null;
        var seals = new List<Seal>();
        foreach (var part in parts[FirstSeal..])
            if (Seal.TryParse(part) is { } seal)
                seals.Add(seal);
            else
                return null;
        return new SealHeader(DateTimeOffset.FromUnixTimeMilliseconds(at), parts[1], seals);
    }
}
