using System.Globalization;

namespace RotationMesh.Tables.Versions;

/// <summary>A session that holds a key version in a database.</summary>
/// <param name="Version">The version; for a mark, only its last 16 bits.</param>
/// <param name="Session">Process id of the session.</param>
/// <param name="Application">The session's application name.</param>
/// <param name="IsAlone">Whether it holds the version exclusively, to retire it.</param>
public sealed record VersionHolder(long Version, int Session, string Application, bool IsAlone)
{
    /// <summary>Returns whether it may hold that version: the last 16 bits are compared.</summary>
    public bool IsOf(int version) => ((Version ^ version) & VersionLock.VersionBits) == 0;

    /// <summary>Describes the session for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"session {Session}{(Application.Length == 0 ? "" : $" ({Application})")}"
        );
}
