using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.Engine.Operating;

/// <summary>The key ring for those who only look, and may have none.</summary>
internal static class OptionalKeys
{
    /// <summary>The ring; null where there are no master keys here.</summary>
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
