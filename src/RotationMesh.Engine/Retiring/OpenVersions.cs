using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Versions;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// Finds rotations to a version by what the databases themselves show, whatever control database the rotations have.
/// </summary>
public sealed class OpenVersions(RotationMap map, ApplicationDatabases databases)
{
    private const int Looks = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Returns the sessions that may bring rows to versions, by database. Only a session that every look finds
    /// counts: a coordinator lets go of a version a moment after its rotation has ended. Throws
    /// <see cref="Npgsql.NpgsqlException"/> where a database does not answer.
    /// </summary>
    public async Task<IReadOnlyList<(string Database, VersionHolder Holder)>> ListAsync(
        CancellationToken cancellationToken
    )
    {
        var stay = await LookAsync(cancellationToken);
        for (var look = 1; look < Looks && stay.Count > 0; look++)
        {
            await Task.Delay(Pause, cancellationToken);
            var now = await LookAsync(cancellationToken);
            stay = [.. stay.Where(now.Contains)];
        }

        return stay;
    }

    private async Task<IReadOnlyList<(string Database, VersionHolder Holder)>> LookAsync(
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string, VersionHolder)>();
        foreach (var database in map.Tables.Select(table => table.Database).Distinct())
        {
            await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
            foreach (var holder in await VersionLock.FindAsync(connection, cancellationToken))
                found.Add((database, holder));
        }

        return found;
    }
}
