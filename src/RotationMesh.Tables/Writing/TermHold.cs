using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Holds a rotation's lock, as a write does, while something is done outside the database: values in a store are moved by no
/// statement that could ask the clock.
/// </summary>
/// <param name="connection">The connection that writes the rows.</param>
/// <param name="term">The right to write.</param>
/// <param name="left">Time that was left of it when this was made.</param>
internal sealed class TermHold(NpgsqlConnection connection, WriteTerm term, TimeSpan left)
{
    // Longer than a store may take for its answers; then the session of a process that froze is ended, and its lock with it.
    private const string Timeout = "SET LOCAL idle_in_transaction_session_timeout = '5min'";

    private readonly long started = Stopwatch.GetTimestamp();

    /// <summary>
    /// Throws <see cref="WriteTermEndedException"/> where the time is up by this process' own clock, which goes on while the
    /// process stands still. The last question before something is sent.
    /// </summary>
    public void EnsureInTime()
    {
        if (Stopwatch.GetElapsedTime(started) >= left)
            throw new WriteTermEndedException();
    }

    /// <summary>
    /// Does the work under the lock, in a transaction that writes nothing else. Throws <see cref="WriteTermEndedException"/>
    /// where the rotation may not be written any more.
    /// </summary>
    public async Task<T> WhileAsync<T>(Func<Task<T>> work)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var timeout = new NpgsqlCommand(Timeout, connection);
        await timeout.ExecuteNonQueryAsync();
        await new WriteClock(connection, term).EnsureAsync();
        var result = await work();
        await transaction.CommitAsync();
        return result;
    }
}
