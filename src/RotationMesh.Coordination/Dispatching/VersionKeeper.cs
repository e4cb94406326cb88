using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Versions;

namespace RotationMesh.Coordination.Dispatching;

/// <summary>
/// Holds a version in a database, checks the hold at an interval, and takes it again after the connection is lost. If
/// another session had it exclusively meanwhile, the version may be retired by now: it does not count as held until
/// <see cref="TakeShut"/> has reported that.
/// </summary>
internal sealed class VersionKeeper : IAsyncDisposable
{
    /// <summary>Time between two checks of the hold.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>Pause before the next try to take the hold.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Pause while another session has it exclusively: a retirement reads whole tables meanwhile.</summary>
    private static readonly TimeSpan PauseWhileShut = TimeSpan.FromSeconds(2);

    /// <summary>Age at which the last check no longer counts: the process may have been frozen since.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(10);

    /// <summary>Time without the hold after which the operator is informed.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly ApplicationDatabases databases;
    private readonly ServerSessions sessions;
    private readonly string database;
    private readonly int version;
    private readonly Func<CancellationToken, Task<ExpectedDatabase?>> expect;
    private readonly LedgerSignal signal;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource end = new();
    private readonly Task running;

    private long seen; // time of the last check; 0 while it is not held
    private long lost; // since when it is not held
    private int shut; // 1: another session had it exclusively, and TakeShut was not called since
    private volatile string? fault;

    public VersionKeeper(
        ApplicationDatabases databases,
        ServerSessions sessions,
        string database,
        int version,
        Func<CancellationToken, Task<ExpectedDatabase?>> expect,
        LedgerSignal signal,
        TimeProvider clock
    )
    {
        (this.databases, this.sessions) = (databases, sessions);
        (this.database, this.version) = (database, version);
        (this.expect, this.signal, this.clock) = (expect, signal, clock);
        lost = clock.GetTimestamp();
        running = Task.Run(RunAsync);
    }

    /// <summary>The rotations that it is held for.</summary>
    public required HashSet<Guid> Rotations { get; set; }

    /// <summary>Whether a recent check found it held, and no exclusive holder is left to report.</summary>
    public bool IsHeld =>
        Volatile.Read(ref shut) == 0
        && Interlocked.Read(ref seen) is not 0 and var last
        && clock.GetElapsedTime(last) < Lasting;

    /// <summary>Reports whether an exclusive holder was met since the last call.</summary>
    public bool TakeShut() => Interlocked.Exchange(ref shut, 0) != 0;

    /// <summary>Why it is not held; null where it is, or may be in a moment.</summary>
    public string? ExplainLost() =>
        !IsHeld && fault is { } reason && clock.GetElapsedTime(Interlocked.Read(ref lost)) > Timeout
            ? $"database {database}: {Reasons.VersionNotHeld} {version} can't be held: {reason}"
            : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await running;
        end.Dispose();
    }

    private async Task RunAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                await HoldAsync();
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Disposed of: the hold is released.
            }
            catch (Exception caught)
            {
                // The database is away, or has no room: nothing is dispatched there until it is held again.
                fault = Describe(caught);
            }

            if (Interlocked.Exchange(ref seen, 0) != 0)
                Interlocked.Exchange(ref lost, clock.GetTimestamp());
            var pause = Volatile.Read(ref shut) == 0 ? Pause : PauseWhileShut;
            if (!end.IsCancellationRequested)
                await Task.WhenAny(Task.Delay(pause, clock, end.Token));
        }
    }

    // Returns where another session has it exclusively, and throws where the hold is lost.
    private async Task HoldAsync()
    {
        await using var hold = await VersionHold.TryTakeAsync(
            databases,
            sessions,
            database,
            version,
            end.Token
        );
        if (hold is null)
        {
            Interlocked.Exchange(ref shut, 1);
            fault = "somebody has it alone, to retire it";
        }

        var isExpected = false;
        while (hold is not null)
        {
            // A retirement would not see a hold in a copy of the database.
            if (!isExpected && await expect(end.Token) is { } expected)
            {
                await hold.EnsureAsync(expected, databases, database, end.Token);
                isExpected = true;
            }

            fault = null;
            if (Interlocked.Exchange(ref seen, clock.GetTimestamp()) == 0)
                signal.Dispatch.Raise();
            await Task.Delay(Interval, clock, end.Token);
            await hold.EnsureAsync(end.Token);
        }
    }

    private static string Describe(Exception fault) =>
        fault switch
        {
            UsageException wrong => wrong.Message,
            ApplicationDatabaseException { InnerException: NpgsqlException cause } => DatabaseFaults.Describe(
                cause
            ),
            NpgsqlException away => DatabaseFaults.Describe(away),
            _ => fault.GetType().Name,
        };
}
