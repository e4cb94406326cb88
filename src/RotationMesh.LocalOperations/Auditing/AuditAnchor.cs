using System.Globalization;
using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Keys;

namespace RotationMesh.LocalOperations.Auditing;

/// <summary>Position and hash of an event, as operators note them: <c>sequence:hash</c>.</summary>
internal static class AuditAnchor
{
    /// <summary>Returns the anchor of an event.</summary>
    public static string Of(long sequence, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence}:{hash}");

    /// <summary>
    /// Returns the anchor of a rotation's newest event; null where it has none, or a key of <paramref name="ring"/> does not
    /// prove it: whoever notes it vouches for all events before it later. Without a ring, nothing proves it.
    /// </summary>
    public static async Task<string?> FindAsync(
        ControlDatabase control,
        RunningRotation rotation,
        KeyRing? ring,
        CancellationToken cancellationToken
    )
    {
        if (ring is null || rotation is not { AuditHead: { } head, AuditSequence: { } sequence })
            return rotation.AuditHead;
        try
        {
            var newest = await new AuditReader(control).FindAsync(sequence, cancellationToken);
            return
                newest is not null
                && head == Of(sequence, Convert.ToHexStringLower(newest.Hash))
                && new AuditSeal(new AuditMac(ring)).IsSound(newest)
                ? head
                : null;
        }
        catch (PostgresException fault)
            when (fault.SqlState
                    is PostgresErrorCodes.UndefinedTable
                        or PostgresErrorCodes.InsufficientPrivilege
            )
        {
            return null; // whoever may read rotations alone, or finds the log dropped, is still told of the rotation
        }
    }

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
