using System.Globalization;
using System.Text.Json;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Requests;

/// <summary>
/// Seals requests with the requester's current key, so that nobody who can only write to the control database starts
/// or controls a rotation.
/// </summary>
public static class RequestSeals
{
    /// <summary>
    /// Age beyond which a request is refused: what was asked a day ago, while every coordinator was away, is better
    /// asked again.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// Longest time by which the requester's clock may be ahead. The saga tells an old control request from a new one
    /// by the time of asking, so a request from the future would keep others from being heard.
    /// </summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    /// <summary>Returns a sealed request for a message to the saga.</summary>
    public static RotationDemand Ask(
        KeyRing ring,
        Guid rotationId,
        object message,
        string? traceParent,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(message);
        // The database returns whole milliseconds unchanged.
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var kind = message.GetType().Name;
        return new RotationDemand
        {
            RotationId = rotationId,
            Kind = kind,
            Message = Text(message),
            TraceParent = traceParent,
            AskedAt = at.UtcDateTime,
            Seal = ring.Seal(SealPurpose.Request, Content(rotationId, kind, message, at)).ToString(),
        };
    }

    /// <summary>
    /// Returns why a request must not be relayed; null where it may be. <paramref name="message"/> is the message
    /// that was read from the request.
    /// </summary>
    public static string? Fault(KeyRing ring, RotationDemand demand, object message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(demand);
        ArgumentNullException.ThrowIfNull(message);
        if (demand.AskedAt is not { } asked || Seal.TryParse(demand.Seal) is not { } seal)
            return "it carries no seal of a key ring: ask again, with this release";
        var at = new DateTimeOffset(DateTime.SpecifyKind(asked, DateTimeKind.Utc));
        var content = Content(demand.RotationId, demand.Kind, message, at);
        var verdict = ring.Judge(SealPurpose.Request, content, seal);
        if (verdict != SealVerdict.ByCurrent)
            return verdict == SealVerdict.Broken
                ? "its seal does not fit"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"it is sealed with another key than this process's current one ({ring.CurrentVersion}): ask with the same keys"
                );
        if (at - now > Ahead)
            return "it was asked in the future: the clocks of whoever asks and of the coordinator differ";
        return now - at > Longest ? $"{Reasons.AskedTooLongAgo}: ask again" : null;
    }

    private static ReadOnlySpan<byte> Content(
        Guid rotationId,
        string kind,
        object message,
        DateTimeOffset at
    ) =>
        new SealedText()
            .Add(rotationId.ToString())
            .Add(kind)
            .Add(Text(message))
            .Add(at.ToUnixTimeMilliseconds())
            .Bytes;

    // The database changes the text of JSON. So the seal covers the text that the message serializes to, before it is
    // written and after it is read.
    private static string Text(object message) => JsonSerializer.Serialize(message, message.GetType());
}
