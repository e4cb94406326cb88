using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Requests;

/// <summary>Reads the key ring for callers that only read, and may have none.</summary>
internal static class OptionalKeys
{
    /// <summary>Returns the ring; null where there are no master keys here, or where they are at fault.</summary>
    public static KeyRing? Of(Func<KeyRing> ring)
    {
        try
        {
            return ring();
        }
        catch (UsageException)
        {
            return null;
        }
    }
}
