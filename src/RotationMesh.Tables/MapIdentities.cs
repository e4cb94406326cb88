using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables;

/// <summary>
/// Which databases a map leads to, for others to compare before a rotation: a partition's own check alone is what counts.
/// Of a map of many databases the first ones are told, which a connection to each would not be worth.
/// </summary>
public sealed class MapIdentities(RotationMap map, ApplicationDatabases databases, TimeProvider time)
{
    /// <summary>Databases that are told.</summary>
    public const int Most = 16;

    /// <summary>Age after which they are read again: connections are let go of in between.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait for all of them; one that did not answer is asked again the next time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private Dictionary<string, string> known = [];
    private long readAt;

    /// <summary>Those that are known by their names in the map. For one caller at a time.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellationToken)
    {
        var wanted = map.Databases.Take(Most).Select(database => database.Name).ToList();
        if (known.Count == wanted.Count && time.GetElapsedTime(readAt) < Lasting)
            return known;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        var found = await Task.WhenAll(
            wanted.Select(async name => (Name: name, Identity: await ReadAsync(name, timeout.Token)))
        );
        cancellationToken.ThrowIfCancellationRequested();
        known = found
            .Where(one => one.Identity is not null)
            .ToDictionary(one => one.Name, one => one.Identity!.ToString());
        readAt = time.GetTimestamp();
        return known;
    }

    private async Task<DatabaseIdentity?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            return (await DatabaseIdentity.ReadAsync(connection, cancellationToken)).Identity;
        }
        catch (Exception fault)
            when (fault
                    is NpgsqlException
                        or UsageException
                        or TimeoutException
                        or IOException
                        or OperationCanceledException
            )
        {
            return null;
        }
    }
}
