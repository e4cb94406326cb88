using System.Globalization;
using RotationMesh.Core.Keys;

namespace RotationMesh.Bus.Sealing;

/// <summary>
/// The header of a message that is sealed: when it was, the name of its type, and the seals, which hold for both and for
/// the message's bytes as they were sent.
/// </summary>
internal sealed record SealHeader(DateTimeOffset At, string Type, IReadOnlyList<Seal> Seals)
{
    /// <summary>Its name.</summary>
    public const string Name = "rotationmesh-seal";

    /// <summary>Keys of a ring; more are no seal.</summary>
    private const int MostSeals = 1000;

    private const int FirstSeal = 2;

    /// <summary>What is sealed.</summary>
    public static ReadOnlySpan<byte> Content(DateTimeOffset at, string type, ReadOnlySpan<byte> body) =>
        new SealedText().Add(at.ToUnixTimeMilliseconds()).Add(type).Add(body).Bytes;

    /// <summary>As it is sent.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            Seals
                .Select(seal => seal.ToString())
                .Prepend(Type)
                .Prepend(At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))
        );

    /// <summary>Null where the text is no such header.</summary>
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
