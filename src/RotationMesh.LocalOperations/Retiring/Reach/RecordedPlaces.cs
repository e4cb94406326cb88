using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>Chooses the databases of a map in which a table or a column that was recorded is looked for.</summary>
public static class RecordedPlaces
{
    /// <summary>
    /// Returns the names of those of the map's <paramref name="own"/> databases that may be the recorded one: by its identity
    /// and, where that is not certain, by its name in the map of that time. Either is empty where it is not known. There are none
    /// where the map leaves the database out.
    /// </summary>
    public static IReadOnlyList<string> Find(
        string identity,
        string database,
        IReadOnlyCollection<(string Database, DatabaseIdentity Identity)> own
    )
    {
        var recorded = DatabaseIdentity.Parse(identity);
        var alike = own.Where(one => recorded is not null && one.Identity.Matches(recorded)).ToList();
        // Two names of the map may lead to one database.
        var same = alike.Where(one => recorded!.System is not null && one.Identity == recorded).ToList();
        if (same.Count > 0)
            return [same.OrderByDescending(one => one.Database == database).First().Database];
        // Servers that do not tell themselves may have databases of one oid. One that was moved is found by its name.
        return alike.Exists(one => one.Database == database)
            ? [database]
            :
            [
                .. alike.Select(one => one.Database),
                .. own.Select(one => one.Database).Where(name => name == database),
            ];
    }
}
