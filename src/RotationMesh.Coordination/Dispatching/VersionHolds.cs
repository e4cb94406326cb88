using System.Collections.Concurrent;
using RotationMesh.Control;
using RotationMesh.Control.Claims;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Versions;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Holds a rotation's target version in each of its databases, from its first check to its end. Only this hold shows
/// the rotation to a retirement through another control database. Nothing is dispatched to a database without the hold.
/// </summary>
internal sealed class VersionHolds(
    RotationMap map,
    ApplicationDatabases databases,
    ControlDatabase control,
    LedgerSignal signal,
    TimeProvider clock
) : IAsyncDisposable
{
    /// <summary>Concurrent queries to the control database: a fleet's keepers all begin at the same moment.</summary>
    private const int AtOnce = 4;

    private readonly ServerSessions sessions = new(databases);
    private readonly ConcurrentDictionary<(string Database, int Version), VersionKeeper> keepers = [];

    // Rotations that lost a database's hold to an exclusive one, until they are paused for it or end.
    private readonly HashSet<(Guid Rotation, string Database)> lost = [];
    private readonly List<Task> leaving = [];
    private readonly SemaphoreSlim asking = new(AtOnce);
    private IReadOnlyCollection<RunningRotation> kept = [];

    /// <summary>Takes the holds that these rotations need, releases all others, and waits for no database.</summary>
    public void Keep(IReadOnlyCollection<RunningRotation> running)
    {
        kept = running;
        var wanted = running
            .SelectMany(rotation =>
                Databases(rotation)
                    .Select(name => (Place: (name, rotation.TargetVersion), rotation.RotationId))
            )
            .ToLookup(one => one.Place, one => one.RotationId);
        leaving.RemoveAll(one => one.IsCompleted);
        foreach (var (place, keeper) in keepers)
        {
            if (keeper.TakeShut())
                lost.UnionWith(keeper.Rotations.Select(rotation => (rotation, place.Database)));
            if (wanted.Contains(place))
                keeper.Rotations = [.. wanted[place]];
            else if (keepers.TryRemove(place, out _))
                leaving.Add(keeper.DisposeAsync().AsTask()); // may take a while, and nothing waits for it
        }

        // A rotation that is paused for a loss is cleared of it: an operator who resumes it has checked.
        var unpaused = running
            .Where(rotation =>
                rotation is not { State: RotationState.Paused, Reason: { } reason } || !IsOfLoss(reason)
            )
            .Select(rotation => rotation.RotationId)
            .ToHashSet();
        lost.RemoveWhere(one => !unpaused.Contains(one.Rotation));
        foreach (var place in wanted.Select(one => one.Key).Where(place => !keepers.ContainsKey(place)))
            keepers[place] = new VersionKeeper(
                databases,
                sessions,
                place.name,
                place.TargetVersion,
                stopping => ExpectedAsync(place.name, place.TargetVersion, stopping),
                signal,
                clock
            )
            {
                Rotations = [.. wanted[place]],
            };
    }

    /// <summary>
    /// Whether the rotation held its version in that database at the last check, and has not lost it to an exclusive
    /// holder. A database that the map does not name is not held.
    /// </summary>
    public bool IsHeld(Guid rotationId, string database, int version) =>
        !lost.Contains((rotationId, database))
        && keepers.TryGetValue((database, version), out var keeper)
        && keeper.IsHeld;

    /// <summary>Where the target may be retired by now, for the operator; null where it can't be.</summary>
    public string? ExplainClosed(RunningRotation rotation) =>
        Join(
            Databases(rotation)
                .Where(database => lost.Contains((rotation.RotationId, database)))
                .Select(database =>
                    $"key version {rotation.TargetVersion} is being retired in database {database}, or was by now, "
                    + $"{Reasons.VersionClosed} there: cancel it or, once you know that the version stays in service, resume it"
                )
        );

    /// <summary>Why databases of a rotation get nothing, for the operator; null where nothing blocks them.</summary>
    public string? Explain(RunningRotation rotation) =>
        Join(Keepers(rotation).Select(keeper => keeper.ExplainLost()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll([.. leaving, .. keepers.Values.Select(keeper => keeper.DisposeAsync().AsTask())]);
        keepers.Clear();
        await sessions.DisposeAsync();
        asking.Dispose();
    }

    private static bool IsOfLoss(string reason) =>
        reason.Contains(Reasons.VersionClosed, StringComparison.Ordinal);

    private static string? Join(IEnumerable<string?> reasons)
    {
        const int MostNamed = 3;
        var some = reasons.OfType<string>().Take(MostNamed).ToList();
        return some.Count == 0 ? null : string.Join("; ", some);
    }

    private IEnumerable<VersionKeeper> Keepers(RunningRotation rotation) =>
        Databases(rotation)
            .Select(name => keepers.GetValueOrDefault((name, rotation.TargetVersion)))
            .OfType<VersionKeeper>();

    private IEnumerable<string> Databases(RunningRotation rotation) =>
        map
            .Tables.Where(table => rotation.Scopes.Contains(table.Scope))
            .Select(table => table.Database)
            .Distinct();

    // The database that rotations to the version began with; null before they have claimed it.
    private async Task<ExpectedDatabase?> ExpectedAsync(
        string database,
        int version,
        CancellationToken cancellationToken
    )
    {
        var rotations = kept.Where(rotation => rotation.TargetVersion == version)
            .Select(rotation => rotation.RotationId);
        await asking.WaitAsync(cancellationToken);
        IReadOnlyList<ClaimedDatabase> claimed;
        try
        {
            claimed = await new RotationLocks(control).ListDatabasesAsync([.. rotations], cancellationToken);
        }
        finally
        {
            asking.Release();
        }

        var identity = claimed.FirstOrDefault(claim => claim.Database == database)?.Identity;
        return identity is null ? null : new ExpectedDatabase(DatabaseIdentity.Parse(identity));
    }
}
