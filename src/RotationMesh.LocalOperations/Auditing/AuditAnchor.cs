using System.Globalization;
using RotationMesh.Control.Audit;
using RotationMesh.Core;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>Position and hash of an event, as operators note them: <c>sequence:hash</c>.</summary>
internal static class AuditAnchor
{
    /// <summary>Returns the anchor of an event.</summary>
    public static string Of(long sequence, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence}:{hash}");

    /// <summary>
    /// Returns the hash of an anchor, or of a hash alone; null for null. The position is not needed, as the hash
    /// covers it. Throws <see cref="UsageException"/> where the text is neither.
    /// </summary>
    public static string? Hash(string? anchor)
    {
        if (anchor is null)
            return null;
        var colon = anchor.IndexOf(':', StringComparison.Ordinal);
        var hash =
            colon > 0 && anchor.AsSpan(0, colon).IndexOfAnyExceptInRange('0', '9') < 0
                ? anchor[(colon + 1)..]
                : anchor;
        return hash.Length == 2 * AuditHash.Size && hash.All(char.IsAsciiHexDigit)
            ? hash
            : throw new UsageException(
                "the expected hash is not one: give the 64 hex digits that audit verify showed before"
            );
    }
}
