using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Streams;

/// <summary>Follows a rotation and sends its states as events.</summary>
internal static class RotationFeed
{
    /// <summary>
    /// Sends the rotation whenever it changes, and once more with its failures at the end. Only that last document has them:
    /// a thousand failures several times a second would be most of the traffic.
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
