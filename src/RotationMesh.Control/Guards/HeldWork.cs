using System.Data;
using Npgsql;
using RotationMesh.Control.Queries;
using RotationMesh.Postgres;

namespace RotationMesh.Control.Guards;

/// <summary>
/// Work on which this process holds the advisory lock. It writes its decisions over the session that holds the lock: if
/// the lock is lost, so is the write. The session sends heartbeats as long as the process lives.
/// </summary>
public sealed class HeldWork : IAsyncDisposable
{
    /// <summary>Prefix of each statement of such a session: it marks a session that sends heartbeats.</summary>
    internal const string Sign = "/* rotationmesh: held */";

    private const string Beat = "SELECT 1";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlConnection connection;
    private readonly string name;
    private readonly string unlock;
    private readonly SemaphoreSlim turn = new(1); // a session runs one statement at a time
    private readonly CancellationTokenSource over = new();
    private readonly Task beating;

    internal HeldWork(NpgsqlConnection connection, int session, string name, string unlock)
    {
        this.connection = connection;
        Session = session;
        this.name = name;
        this.unlock = unlock;
        beating = Task.Run(BeatAsync);
    }

    /// <summary>Process of the server that holds the lock.</summary>
    public int Session { get; }

    private bool IsLost => connection.State != ConnectionState.Open;

    /// <summary>
    /// Runs statements over the session that holds the lock; returns the number of rows. Throws
    /// <see cref="NpgsqlException"/> where that session is gone, also where a heartbeat noticed it earlier.
    /// </summary>
    public async Task<int> ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            // Dapper would open another session, which does not hold the lock.
            if (IsLost)
                throw Lost();
            return await connection.ExecuteAsync($"{Sign} {sql}", values, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Checks the lock before a write over another session. The transaction there has already locked what the next
    /// holder must wait for before it writes. Throws <see cref="NpgsqlException"/> where the session that held the lock
    /// is gone.
    /// </summary>
    public async Task EnsureHeldAsync(NpgsqlConnection other, CancellationToken cancellationToken)
    {
        var values = new { name, session = Session };
        var isHeld = await other.ScalarAsync<bool>(RotationGuard.IsHeld, values, cancellationToken);
        if (!isHeld)
            throw Lost();
    }

    /// <summary>Sends a heartbeat over the session that holds the lock; false where the session is gone.</summary>
    public async Task<bool> IsAliveAsync()
    {
        await BeatOnceAsync();
        return !IsLost;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await beating;
        over.Dispose();
        turn.Dispose();
        await using (connection)
        {
            if (IsLost)
                return;
            try
            {
                await connection.ExecuteAsync(unlock, new { name }, CancellationToken.None);
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                await SessionEnd.EndAsync(connection); // a session that lives on would keep the lock
            }
        }
    }

    private NpgsqlException Lost() =>
        new($"the session that held {name} is gone, and with it the right to write");

    private async Task BeatAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            while (await timer.WaitForNextTickAsync(over.Token) && !IsLost)
                await BeatOnceAsync();
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    // Not cancelled when the work ends: a late cancellation would hit the statement that releases the lock.
    private async Task BeatOnceAsync()
    {
        try
        {
            await ExecuteAsync(Beat, new { }, CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // If the session is gone, the next write throws. If it is not, the next heartbeat tries again.
        }
    }
}
