using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Retiring.Reach;

/// <summary>
/// Databases that rotations were made for, and that the map does not lead to: it leads to another database of that
/// name, or leaves the database out. A count of other databases proves nothing of their rows.
/// </summary>
internal sealed class UnreachedDatabases(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control
)
{
    private const string NothingFound =
        "no row was found, and no rotation is on record here: the tables are empty, or the map leads to another database than "
        + "is meant. Where it is meant, rotate first: there is nothing to do, and it puts these databases on record";

    private List<(string Name, SeenDatabase Seen)> own = [];
    private bool isFirst;

    /// <summary>Databases that an operator declared gone, each by its name and identity, or by its name alone.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>Databases that the map did not lead to at the last look.</summary>
    public IReadOnlyList<ClaimedDatabase> Missing { get; private set; } = [];

    /// <summary>Missing databases that no longer exist.</summary>
    public IReadOnlyList<ClaimedDatabase> Forgotten => [.. Missing.Where(IsGone)];

    /// <summary>Rows that were counted in the databases of the map.</summary>
    public long? Rows { get; set; }

    /// <summary>
    /// The other missing databases, described for the operator. Where none is on record and there is no row, nothing shows that
    /// the map leads to the databases that are meant.
    /// </summary>
    public IReadOnlyList<string> InTheWay =>
        [
            .. isFirst && Rows == 0 ? [NothingFound] : Array.Empty<string>(),
            .. Missing.Where(one => !IsGone(one)).Select(Explain),
        ];

    /// <summary>
    /// Reads which databases were rotated and which ones the map leads to. Throws where one of the map's does not
    /// answer.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Missing = [];
        own = [];
        var recorded = await new RotatedDatabases(control).ListAsync(cancellationToken);
        isFirst = recorded.Count == 0;
        if (isFirst)
            return;
        foreach (var name in map.Tables.Select(table => table.Database).Distinct())
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            own.Add((name, await DatabaseIdentity.ReadAsync(connection, cancellationToken)));
        }

        Missing = [.. recorded.Where(IsMissing)];
    }

    /// <summary>Returns the missing databases that an operator may mean by a name that is declared gone.</summary>
    public static IReadOnlyList<ClaimedDatabase> Meant(string gone, IReadOnlyList<ClaimedDatabase> missing) =>
        [.. missing.Where(one => gone == Named(one) || gone == one.Database)];

    /// <summary>Returns the name and identity by which an operator declares a database gone.</summary>
    public static string Named(ClaimedDatabase missing) => $"{missing.Database}={missing.Identity}";

    // A name that several missing databases have declares none of them gone: one may still exist under it.
    private bool IsGone(ClaimedDatabase missing) =>
        Gone.Any(gone => Meant(gone, Missing) is [var only] && only == missing);

    private string Explain(ClaimedDatabase missing)
    {
        var here = own.FirstOrDefault(one => one.Name == missing.Database).Seen;
        var instead = here is null
            ? "this map has no table of it"
            : $"this map leads to database {here.Name} ({here.Identity})";
        return $"database {missing.Database} ({missing.Identity}), which rotation {missing.RotationId} was for: {instead}, and a "
            + "count of it says nothing of the rows there. Correct the map or its connection string or, where that database "
            + $"exists no more, or was moved or upgraded into another server, say so with --gone {Named(missing)}";
    }

    private bool IsMissing(ClaimedDatabase recorded) =>
        DatabaseIdentity.Parse(recorded.Identity) is { } identity
        && !own.Any(one => one.Seen.Identity.Matches(identity));
}
