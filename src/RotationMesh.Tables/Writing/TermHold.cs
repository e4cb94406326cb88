using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Holds a rotation's lock, as a write does, while values in a store are replaced. No SQL statement replaces them, so none
/// could check the database's clock.
/// </summary>
/// <param name="connection">The connection that writes the rows.</param>
/// <param name="term">The right to write.</param>
/// <param name="left">Time until the write deadline when this object was made.</param>
internal sealed class TermHold(NpgsqlConnection connection, WriteTerm term, TimeSpan left)
{
    // Longer than a store may take for its answers. It ends the session of a frozen process, and its lock.
    private const string Timeout = "SET LOCAL idle_in_transaction_session_timeout = '5min'";

    private readonly long started = Stopwatch.GetTimestamp();

    /// <summary>
    /// Throws <see cref="WriteTermEndedException"/> where the write deadline has passed by this process' own clock, which goes
    /// on while the process is frozen, though not while its machine is. This is the last check before something is sent.
    /// </summary>
    public void EnsureInTime()
    {
        if (Stopwatch.GetElapsedTime(started) >= left)
            throw new WriteTermEndedException();
    }

    /// <summary>
    /// Throws <see cref="WriteTermEndedException"/> where the write deadline has passed by the database's clock, and
    /// <see cref="NpgsqlException"/> where the session that holds the lock has ended.
    /// </summary>
    public Task EnsureAsync() => new WriteClock(connection, term).EnsureAsync();

    /// <summary>
    /// Does the work under the lock, in a transaction that writes nothing. Throws <see cref="WriteTermEndedException"/> where
    /// the rotation may not write any more.
    /// </summary>
    public async Task<T> WhileAsync<T>(Func<Task<T>> work)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await using var timeout = new NpgsqlCommand(Timeout, connection);
        await timeout.ExecuteNonQueryAsync();
        await EnsureAsync();
        var result = await work();
        await transaction.CommitAsync();
        return result;
    }
}
