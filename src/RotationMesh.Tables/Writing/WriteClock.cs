using System.Data;
using System.Diagnostics;
using Npgsql;
using RotationMesh.Postgres;
using RotationMesh.Tables.Versions;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Asks a database, over the connection that writes there, how much time is left until a term's write deadline.
/// </summary>
internal sealed class WriteClock(NpgsqlConnection connection, WriteTerm term)
{
    private static readonly string Begin = $"""
        SELECT $1 OPERATOR(pg_catalog.-) pg_catalog.clock_timestamp(), {VersionLock.TakeForWork(2)}
        """;

    private static readonly string GiveBack = VersionLock.GiveBack(1);
    private static readonly string Ended = $"SELECT NOT {WriteTerm.Holds(1, 2)}";

    private int? session;

    /// <summary>
    /// Takes the lock of the key version for the session, until <see cref="EndAsync"/>, and returns the time that is left: zero
    /// or less where there is none, or where somebody retires the version. Must be called again where the session was lost.
    /// </summary>
    public async Task<TimeSpan> BeginAsync()
    {
        var begin = new NpgsqlBatchCommand(Begin);
        begin.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = term.Until });
        begin.Parameters.Add(VersionLock.Parameter(term.Version));
        session = connection.ProcessID; // from now on it may have the lock, even if this fails
        var asked = Stopwatch.GetTimestamp();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(begin);
        batch.BatchCommands.Add(VersionLock.Look(term.Version)); // after the lock, which whoever retires the version looks for
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.ReadAsync();
        var left = reader.GetTimeSpan(0);
        if (!reader.GetBoolean(1))
            return TimeSpan.Zero;
        await reader.NextResultAsync();
        await reader.ReadAsync();
        // The database read its clock somewhere between question and answer.
        return reader.GetBoolean(0) ? TimeSpan.Zero : left - Stopwatch.GetElapsedTime(asked);
    }

    /// <summary>Releases the lock of the version. A session that is gone has none.</summary>
    public async Task EndAsync()
    {
        if (session is null || connection.State != ConnectionState.Open || connection.ProcessID != session)
            return;
        try
        {
            await using var command = new NpgsqlCommand(GiveBack, connection);
            command.Parameters.Add(VersionLock.Parameter(term.Version));
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            await SessionEnd.EndAsync(connection); // or the session would keep the lock
        }
    }

    /// <summary>Throws <see cref="WriteTermEndedException"/> where a write would not be allowed now.</summary>
    public async Task EnsureAsync()
    {
        await using var command = new NpgsqlCommand(Ended, connection);
        Add(command.Parameters, term);
        if ((bool)(await command.ExecuteScalarAsync())!)
            throw new WriteTermEndedException();
    }

    /// <summary>Adds the parameters of <see cref="WriteTerm.Holds"/>.</summary>
    public static void Add(NpgsqlParameterCollection parameters, WriteTerm term)
    {
        parameters.Add(new NpgsqlParameter<long> { TypedValue = term.Lock });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = term.Until });
    }
}
