using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// What the map of today calls databases that rotations were for: a name may have changed, and may be another database's by now.
/// </summary>
internal sealed class TodaysNames(RotationMap map, ApplicationDatabases databases, ControlDatabase control)
{
    private ILookup<string, string> known = Array.Empty<string>().ToLookup(name => name);

    /// <summary>
    /// Reads which databases were rotated and which ones the map leads to. Throws <see cref="Npgsql.NpgsqlException"/> where one of
    /// the map's does not answer.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var own = new List<(string Name, DatabaseIdentity Identity)>();
        foreach (var name in map.Tables.Select(table => table.Database).Distinct())
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            own.Add((name, (await DatabaseIdentity.ReadAsync(connection, cancellationToken)).Identity));
        }

        known = (await new RotatedDatabases(control).ListAsync(cancellationToken))
            .SelectMany(
                recorded => own.Where(one => IsSame(one.Identity, recorded)),
                (recorded, one) => (Recorded: recorded.Database, Today: one.Name)
            )
            .ToLookup(names => names.Recorded, names => names.Today);
    }

    /// <summary>
    /// Returns the map's names of the databases that a rotation's map called so, and that name where the map has it, whatever
    /// it leads to; none where the map leaves all of them out.
    /// </summary>
    public IReadOnlyList<string> Of(string recorded) =>
        [.. known[recorded].Append(recorded).Where(databases.Has).Distinct()];

    private static bool IsSame(DatabaseIdentity own, ClaimedDatabase recorded) =>
        DatabaseIdentity.Parse(recorded.Identity) is { } identity && own.Matches(identity);
}
