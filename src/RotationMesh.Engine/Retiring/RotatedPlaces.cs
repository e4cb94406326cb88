using RotationMesh.Core.Map;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// Databases that rotations were made for and that the map does not lead to: a copy by the same name, or a map that leaves
/// one out. What is counted elsewhere says nothing of their rows.
/// </summary>
internal sealed class RotatedPlaces(RotationMap map, TargetDatabases databases, ControlDatabase control)
{
    private List<(string Name, SeenDatabase Seen)> own = [];

    /// <summary>Names of databases of which somebody said that they exist no more.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Those that the map did not lead to at the last look.</summary>
    public IReadOnlyList<ClaimedDatabase> Missing { get; private set; } = [];

    /// <summary>Those of them that exist no more.</summary>
    public IReadOnlyList<ClaimedDatabase> Forgotten => [.. Missing.Where(IsGone)];

    /// <summary>The others, in words for the operator.</summary>
    public IReadOnlyList<string> InTheWay => [.. Missing.Where(one => !IsGone(one)).Select(Explain)];

    /// <summary>Looks where the map leads. Throws where one of its databases does not answer.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Missing = [];
        own = [];
        var recorded = await new RotatedDatabases(control).ListAsync(cancellationToken);
        if (recorded.Count == 0)
            return;
        foreach (var name in map.Tables.Select(table => table.Database).Distinct())
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            own.Add((name, await DatabaseIdentity.ReadAsync(connection, cancellationToken)));
        }

        Missing = [.. recorded.Where(IsMissing)];
    }

    private bool IsGone(ClaimedDatabase missing) => Gone.Contains(missing.Database);

    private string Explain(ClaimedDatabase missing)
    {
        var here = own.FirstOrDefault(one => one.Name == missing.Database).Seen;
        var instead = here is null
            ? "this map has no table of it"
            : $"this map leads to database {here.Name} ({here.Identity})";
        return $"database {missing.Database} ({missing.Identity}), which rotation {missing.RotationId} was for: {instead}, and a "
            + "count of it says nothing of the rows there. Correct the map or its connection string or, where that database "
            + $"exists no more, say so with --gone {missing.Database}";
    }

    private bool IsMissing(ClaimedDatabase recorded) =>
        DatabaseIdentity.Parse(recorded.Identity) is { } identity
        && !own.Any(one => one.Seen.Identity.Matches(identity));
}
