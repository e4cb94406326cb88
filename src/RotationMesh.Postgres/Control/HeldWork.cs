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

    internal HeldWork(NpgsqlConnection connection, string name, string unlock)
    {
        this.connection = connection;
        this.name = name;
        this.unlock = unlock;
        beating = Task.Run(BeatAsync);
    }

    /// <summary>Runs statements over the session that holds the lock; returns the number of rows.</summary>
    public async Task<int> ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await connection.ExecuteAsync(
                new CommandDefinition($"{Sign} {sql}", values, cancellationToken: cancellationToken)
            );
        }
        finally
        {
            turn.Release();
        }
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
            try
            {
                await connection.ExecuteAsync(unlock, new { name });
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                // The connection is broken, and the lock gone with it.
            }
        }
    }

    private async Task BeatAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Interval);
            while (await timer.WaitForNextTickAsync(over.Token))
                await ExecuteAsync(Beat, new { }, over.Token);
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or NpgsqlException or InvalidOperationException)
        {
            // Over, or the connection is broken: whoever writes over it hears of that.
        }
    }
}
