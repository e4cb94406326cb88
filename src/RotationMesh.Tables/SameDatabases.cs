using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Versions;

namespace RotationMesh.Tables;

/// <summary>
/// Which databases of the map are one and the same. Two of their entries may lead there by different hosts, roles or
/// poolers.
/// </summary>
internal sealed class SameDatabases(RotationMap map, ApplicationDatabases databases) : IDisposable
{
    /// <summary>Time after which a database that did not answer is asked again.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim asking = new(1);
    private IReadOnlyDictionary<string, DatabaseInstance?> places = new Dictionary<string, DatabaseInstance?>();
    private DateTimeOffset asked;

    /// <summary>
    /// Names of the map's databases that are the same as that of <paramref name="name"/>, and itself, in the order of the
    /// map. One that can't be reached counts as another: nothing of it is written either.
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

    /// <summary>The server of a database, as far as it is known without asking; null where it is not.</summary>
    public string? ServerOf(string name) => places.GetValueOrDefault(name)?.Server;

    public void Dispose() => asking.Dispose();

    // All are asked at once, also those that are known: a server that was started again since is told by another moment.
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
            // One that did not answer a moment ago, and does now, may be the same as any other.
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
