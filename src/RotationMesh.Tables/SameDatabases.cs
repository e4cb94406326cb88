using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables;

/// <summary>
/// Finds the entries of the map that lead to one and the same database, perhaps by different hosts, roles or poolers.
/// </summary>
internal sealed class SameDatabases(RotationMap map, ApplicationDatabases databases) : IDisposable
{
    /// <summary>Time after which a database that did not answer is asked again.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim asking = new(1);
    private IReadOnlyDictionary<string, DatabaseInstance?> places =
        new Dictionary<string, DatabaseInstance?>();
    private DateTimeOffset asked;

    /// <summary>
    /// Returns <paramref name="name"/> and the map's other names of the same database, in the order of the map. A database
    /// that can't be reached counts as another one: nothing can be written to it either.
    /// </summary>
    public async Task<IReadOnlyList<string>> SameAsync(string name, CancellationToken cancellationToken)
    {
        if (map.Databases.Count == 1)
            return [name];
        var known = await FindAsync(name, cancellationToken);
        var place = known[name];
        return
        [
            .. map
                .Databases.Select(database => database.Name)
                .Where(other => other == name || (place is not null && known[other] == place)),
        ];
    }

    /// <summary>Returns a database's server where it is known already, else null; asks nobody.</summary>
    public string? ServerOf(string name) => places.GetValueOrDefault(name)?.Server;

    public void Dispose() => asking.Dispose();

    // Asks all at once, the known ones too: a server that was restarted meanwhile has another start time.
    private async Task<IReadOnlyDictionary<string, DatabaseInstance?>> FindAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            var complete = places.Count > 0 && places.Values.All(place => place is not null);
            if (complete)
                return places;
            // A database that answers now, and did not a moment ago, may be the same as any other.
            var isRecent = DateTimeOffset.UtcNow - asked < AskAgain;
            if (isRecent && (places[name] is not null || await ReadAsync(name, cancellationToken) is null))
                return places;
            var found = await Task.WhenAll(
                map.Databases.Select(async database =>
                    (database.Name, Place: await ReadAsync(database.Name, cancellationToken))
                )
            );
            asked = DateTimeOffset.UtcNow;
            return places = found.ToDictionary(database => database.Name, database => database.Place);
        }
        finally
        {
            asking.Release();
        }
    }

    private async Task<DatabaseInstance?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await DatabaseInstance.ReadAsync(databases, name, cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or UsageException)
        {
            return null;
        }
    }
}
