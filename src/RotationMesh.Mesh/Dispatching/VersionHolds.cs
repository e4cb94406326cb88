using System.Collections.Concurrent;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Versions;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// Holds the versions that rows are brought to, in each database of a rotation from its first check to its end:
/// whoever would retire one of them by another control database knows of the rotation by nothing else. Nothing is
/// dispatched where it is not held.
/// </summary>
internal sealed class VersionHolds(
    RotationMap map,
    TargetDatabases databases,
    ControlDatabase control,
    LedgerSignal signal,
    TimeProvider clock
) : IAsyncDisposable
{
    /// <summary>Questions to the control database at once: a fleet's keepers all begin in one moment.</summary>
    private const int AtOnce = 4;

    private readonly ServerSessions sessions = new(databases);
    private readonly ConcurrentDictionary<(string Database, int Version), VersionKeeper> keepers = [];

    // Those that did not hold it while somebody had it alone, until they were paused for that, or are over.
    private readonly HashSet<(Guid Rotation, string Database)> lost = [];
    private readonly List<Task> leaving = [];
    private readonly SemaphoreSlim asking = new(AtOnce);
    private IReadOnlyCollection<RunningRotation> kept = [];

    /// <summary>Holds what these rotations need, and lets go of what none needs any more. Waits for no database.</summary>
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
                leaving.Add(keeper.DisposeAsync().AsTask()); // it may take its time, and nobody waits for it
        }

        // Whoever resumes a rotation that was paused for it has looked.
        var toBeTold = running
            .Where(rotation =>
                rotation is not { State: RotationState.Paused, Reason: { } reason } || !IsOfLoss(reason)
            )
            .Select(rotation => rotation.RotationId)
            .ToHashSet();
        lost.RemoveWhere(one => !toBeTold.Contains(one.Rotation));
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
    /// Whether the rotation holds its version in that database, as far as was known a moment ago, and did not lose it
    /// to somebody. What the map does not lead to is not held.
    /// </summary>
    public bool IsHeld(Guid rotationId, string database, int version) =>
        !lost.Contains((rotationId, database))
        && keepers.TryGetValue((database, version), out var keeper)
        && keeper.IsHeld;

    /// <summary>Where somebody may have retired the rotation's target meanwhile, for the operator; null where nobody did.</summary>
    public string? ExplainClosed(RunningRotation rotation) =>
        Join(
            Databases(rotation)
                .Where(database => lost.Contains((rotation.RotationId, database)))
                .Select(database =>
                    $"key version {rotation.TargetVersion} is being retired in database {database}, or was by now, "
                    + $"{Reasons.VersionClosed} there: cancel it or, once you know that the version stays in service, resume it"
                )
        );

    /// <summary>Why nothing is sent to databases of a rotation, for the operator; null where nothing is in the way.</summary>
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
        const int Told = 3;
        var some = reasons.OfType<string>().Take(Told).ToList();
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

    // The database that the rotations to the version began with; null before they have claimed it.
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
            claimed = await new RotationLocks(control.Source).ListDatabasesAsync(
                [.. rotations],
                cancellationToken
            );
        }
        finally
        {
            asking.Release();
        }

        var identity = claimed.FirstOrDefault(claim => claim.Database == database)?.Identity;
        return identity is null ? null : new ExpectedDatabase(DatabaseIdentity.Parse(identity));
    }
}
