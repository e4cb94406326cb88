using System.Collections.Concurrent;
using RotationMesh.Core.Map;
using RotationMesh.Mesh.Coordination;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target;

namespace RotationMesh.Mesh.Dispatching;

/// <summary>
/// Holds the locks of the versions that rows are brought to, in each database of a rotation from its first check to its end:
/// whoever would retire one of them by another control database knows of the rotation by nothing else. Nothing is
/// dispatched where it is not held.
/// </summary>
internal sealed class VersionHolds(
    RotationMap map,
    TargetDatabases databases,
    LedgerPulse pulse,
    TimeProvider clock
) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Database, int Version), Keeper> keepers = [];

    /// <summary>Holds what these rotations need, and lets go of what none needs any more. Waits for no database.</summary>
    public void Keep(IReadOnlyCollection<RunningRotation> running)
    {
        var wanted = running
            .SelectMany(rotation =>
                map.Tables.Where(table => rotation.Scopes.Contains(table.Scope))
                    .Select(table => (table.Database, rotation.TargetVersion))
            )
            .ToHashSet();
        foreach (var place in keepers.Keys.Where(place => !wanted.Contains(place)))
            if (keepers.TryRemove(place, out var keeper))
                _ = keeper.DisposeAsync().AsTask(); // closing a connection may take its time, and nobody waits for it
        foreach (var place in wanted.Where(place => !keepers.ContainsKey(place)))
            keepers[place] = new Keeper(databases, place.Database, place.TargetVersion, pulse, clock);
    }

    /// <summary>Whether the version's lock is held in that database, as far as was known a moment ago.</summary>
    public bool IsHeld(string database, int version) =>
        keepers.TryGetValue((database, version), out var keeper) && keeper.IsHeld;

    /// <summary>What is said of a version that somebody is retiring; null where nobody is.</summary>
    public string? ExplainClosed(int version)
    {
        var closed = keepers.Where(one => one.Key.Version == version && one.Value.IsClosed).ToList();
        return closed.Count == 0
            ? null
            : $"key version {version} is being retired in database {closed[0].Key.Database}: see that it stays in service, or cancel the rotation";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(keepers.Values.Select(keeper => keeper.DisposeAsync().AsTask()));
        keepers.Clear();
    }

    /// <summary>Takes one lock, looks after it, and takes it again where the connection is lost.</summary>
    private sealed class Keeper : IAsyncDisposable
    {
        /// <summary>Time between two looks.</summary>
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

        /// <summary>Pause before it is tried again.</summary>
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

        /// <summary>Age of the last look after which nothing is said of it: the process may have been frozen.</summary>
        private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

        private readonly CancellationTokenSource end = new();
        private readonly TimeProvider clock;
        private readonly Task running;
        private long seen; // 0: it is not held

        public Keeper(
            TargetDatabases databases,
            string database,
            int version,
            LedgerPulse pulse,
            TimeProvider clock
        )
        {
            this.clock = clock;
            running = Task.Run(() => RunAsync(databases, database, version, pulse));
        }

        public bool IsHeld =>
            Interlocked.Read(ref seen) is not 0 and var last && clock.GetElapsedTime(last) < Lasting;

        public volatile bool IsClosed;

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            await running;
            end.Dispose();
        }

        private async Task RunAsync(
            TargetDatabases databases,
            string database,
            int version,
            LedgerPulse pulse
        )
        {
            while (!end.IsCancellationRequested)
            {
                try
                {
                    await using var hold = await VersionHold.TryTakeAsync(
                        databases,
                        database,
                        version,
                        end.Token
                    );
                    IsClosed = hold is null;
                    while (hold is not null)
                    {
                        var isFirst = Interlocked.Exchange(ref seen, clock.GetTimestamp()) == 0;
                        if (isFirst)
                            pulse.Dispatch.Raise();
                        await Task.Delay(Interval, clock, end.Token);
                        await hold.EnsureAsync(end.Token);
                    }
                }
                catch (OperationCanceledException) when (end.IsCancellationRequested)
                {
                    // Let go.
                }
                catch (Exception)
                {
                    // The database is away, or has no room: nothing is dispatched there until it is held again.
                }

                Interlocked.Exchange(ref seen, 0);
                if (!end.IsCancellationRequested)
                    await Task.WhenAny(Task.Delay(Pause, clock, end.Token));
            }
        }
    }
}
