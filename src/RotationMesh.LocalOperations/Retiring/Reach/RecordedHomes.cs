using System.Collections.Concurrent;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// Tells in which of a map's databases something that was recorded may be, as <see cref="RecordedPlaces"/> does. Each recorded database
/// is looked for once: a fleet has a thousand, with a thousand tables. Safe for concurrent callers.
/// </summary>
internal sealed class RecordedHomes(IReadOnlyList<(string Database, DatabaseIdentity Identity)> own)
{
    private readonly HashSet<(string Database, DatabaseIdentity Identity)> places = [.. own];
    private readonly ConcurrentDictionary<(string Identity, string Name), IReadOnlyList<string>> known =
        new();

    /// <summary>
    /// Whether what was recorded of a database, by its identity and its name then, may be in <paramref name="place"/>. Two names of
    /// the map may lead to one database.
    /// </summary>
    public bool MayBeIn(string identity, string name, (string Database, DatabaseIdentity Identity) place) =>
        known
            .GetOrAdd((identity, name), one => RecordedPlaces.Find(one.Identity, one.Name, own))
            .Any(home =>
                home == place.Database
                || (place.Identity.System is not null && places.Contains((home, place.Identity)))
            );
}
