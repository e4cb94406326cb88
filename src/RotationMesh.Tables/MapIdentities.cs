using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Tables;

/// <summary>
/// Tells which databases a map leads to, so that others can compare them before a rotation. Only the check of each partition
/// is decisive, so of a map of many databases it tells the first ones: the others are not worth a connection each.
/// </summary>
public sealed class MapIdentities(RotationMap map, ApplicationDatabases databases, TimeProvider time)
{
    /// <summary>Most databases that are told.</summary>
    public const int Most = 16;

    /// <summary>Age at which they are read again. It is long enough that connections can be closed in between.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(5);

    /// <summary>Longest wait for all of them. Where one does not answer, all are asked again at the next call.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private Dictionary<string, string> known = [];
    private long readAt;

    /// <summary>Returns the known identities by the names in the map. For one caller at a time.</summary>
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
