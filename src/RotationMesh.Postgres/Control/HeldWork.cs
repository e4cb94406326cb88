using System.Data;
using Dapper;
using Npgsql;

namespace RotationMesh.Postgres.Control;

/// <summary>
/// Work that this process alone is at. What it decides is written over the session that holds it: where the lock was lost,
/// so is the write. As long as the process lives, the session gives signs of life, however long the work takes.
/// </summary>
public sealed class HeldWork : IAsyncDisposable
{
    /// <summary>Begins each statement of such a session, so that others can tell it from one that never gives a sign.</summary>
    internal const string Sign = "/* rotationmesh: held */";

    private const string Beat = "SELECT 1";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly NpgsqlConnection connection;
    private readonly string name;
    private readonly string unlock;
    private readonly SemaphoreSlim turn = new(1); // a session does one thing at a time
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
    /// <see cref="NpgsqlException"/> where that session is gone, whoever noticed it first.
    /// </summary>
    public async Task<int> ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            // Dapper would open another one, which holds nothing.
            if (IsLost)
                throw Lost();
            return await connection.ExecuteAsync(
                new CommandDefinition($"{Sign} {sql}", values, cancellationToken: cancellationToken)
            );
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// For writes over another session, in a transaction that has locked what the next holder waits for before it writes.
    /// Throws <see cref="NpgsqlException"/> where the session that held the lock is gone.
    /// </summary>
    public async Task EnsureHeldAsync(NpgsqlConnection other, CancellationToken cancellationToken)
    {
        var values = new { name, session = Session };
        var isHeld = await other.ExecuteScalarAsync<bool>(
            new CommandDefinition(RotationGuard.IsHeld, values, cancellationToken: cancellationToken)
        );
        if (!isHeld)
            throw Lost();
    }

    /// <summary>Asks the session that holds the lock for a sign of life; false where it is gone.</summary>
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
                await connection.ExecuteAsync(unlock, new { name });
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
            // Over.
        }
    }

    // Not cancelled at its end: a cancellation that comes late would hit the statement that gives the lock back.
    private async Task BeatOnceAsync()
    {
        try
        {
            await ExecuteAsync(Beat, new { }, CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // Whoever writes over a session that is gone hears of that; over one that is not, the next one is tried.
        }
    }
}
