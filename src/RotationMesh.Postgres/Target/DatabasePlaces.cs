using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// Which databases of the map are one and the same. Two of their entries may lead there by different hosts, roles or
/// poolers. A server is told by the moment it started, to the microsecond, and a database in it by its oid: both can be
/// read by every role, and through a pooler, where a lock taken over one connection may be met by the same session.
/// </summary>
internal sealed class DatabasePlaces(RotationMap map, TargetDatabases databases) : IDisposable
{
    /// <summary>Time after which a database that did not answer is asked again.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private const string Place = """
        SELECT pg_catalog.concat(extract(epoch FROM pg_catalog.pg_postmaster_start_time()), '/', oid)
        FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        """;

    private readonly SemaphoreSlim asking = new(1);
    private IReadOnlyDictionary<string, string?> places = new Dictionary<string, string?>();
    private DateTimeOffset asked;

    /// <summary>
    /// Names of the map's databases that are the same as that of <paramref name="name"/>, and itself, in the order of the
    /// map. One that can't be reached counts as another: nothing of it is written either.
    /// </summary>
    public async Task<IReadOnlyList<string>> SameAsync(string name, CancellationToken cancellationToken)
    {
        if (map.Databases.Count == 1)
            return [name];
        var known = await FindAsync(cancellationToken);
        var place = known[name];
        return
        [
            .. map
                .Databases.Select(database => database.Name)
                .Where(other => other == name || (place is not null && known[other] == place)),
        ];
    }

    public void Dispose() => asking.Dispose();

    // All are asked at once, also those that are known: a server that was started again since is told by another moment.
    private async Task<IReadOnlyDictionary<string, string?>> FindAsync(CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            var complete = places.Count > 0 && places.Values.All(place => place is not null);
            if (complete || DateTimeOffset.UtcNow - asked < AskAgain)
                return places;
            var found = await Task.WhenAll(
                map.Databases.Select(async database =>
                    (database.Name, Place: await FindAsync(database.Name, cancellationToken))
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

    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            await using var command = new NpgsqlCommand(Place, connection);
            return (string?)await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or UsageException)
        {
            return null;
        }
    }
}
