using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Streams;

/// <summary>A rotation that is followed, as events.</summary>
internal static class RotationFeed
{
    /// <summary>
    /// Sends the rotation as it moves, and at its end the whole of it. Failures come with the last one alone: a thousand of
    /// them several times a second would be most of what is sent.
    /// </summary>
    public static async Task SendAsync(IRotations rotations, Guid rotationId, EventSender events)
    {
        RotationDocument? last = null;
        await foreach (var now in rotations.FollowAsync(rotationId, events.Stopping))
        {
            last = now;
            events.Send(ApiEvents.Rotation, now with { Failures = [] });
        }

        if (last is { Failures.Count: > 0 })
            events.Send(ApiEvents.Rotation, last);
        events.Send(ApiEvents.End, new StartedRotation(rotationId));
    }
}
