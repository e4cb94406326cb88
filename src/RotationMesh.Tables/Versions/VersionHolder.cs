using System.Globalization;

namespace RotationMesh.Tables.Versions;

/// <summary>A session that holds a key version in a database; alone, where it retires it.</summary>
/// <param name="Version">The version; of a mark only its last 16 bits.</param>
/// <param name="Session">Process id of the session.</param>
/// <param name="Application">What the session calls itself.</param>
/// <param name="IsAlone">Whether it keeps others away.</param>
public sealed record VersionHolder(long Version, int Session, string Application, bool IsAlone)
{
    /// <summary>Whether it may be that version.</summary>
    public bool IsOf(int version) => ((Version ^ version) & VersionLock.VersionBits) == 0;

    /// <summary>The session, for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"session {Session}{(Application.Length == 0 ? "" : $" ({Application})")}"
        );
}
