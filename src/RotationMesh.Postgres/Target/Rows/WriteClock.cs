using System.Data;
using Npgsql;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>Asks a database, over the connection that writes there, how long a term still lasts.</summary>
internal sealed class WriteClock(NpgsqlConnection connection, WriteTerm term)
{
    private static readonly string Begin = $"""
        SELECT $1 OPERATOR(pg_catalog.-) pg_catalog.clock_timestamp(), {VersionLock.SharedBySession(2)}
        """;

    private static readonly string GiveBack = VersionLock.GiveBack(1);
    private static readonly string Ended = $"SELECT NOT {WriteTerm.Holds(1, 2, 3)}";

    private int? session;

    /// <summary>
    /// Time that is left, below zero where there is none. From then on the session holds the lock of the version, until
    /// <see cref="EndAsync"/>; where somebody has it alone, no time is left.
    /// </summary>
    public async Task<TimeSpan> BeginAsync()
    {
        await using var command = new NpgsqlCommand(Begin, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = term.Until });
        command.Parameters.Add(VersionLock.Parameter(term.Version));
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        if (!reader.GetBoolean(1))
            return TimeSpan.Zero;
        session = connection.ProcessID;
        return reader.GetTimeSpan(0);
    }

    /// <summary>Gives the lock of the version back. A session that is gone has none.</summary>
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
            NpgsqlConnection.ClearPool(connection); // rather than a session that keeps it
        }
    }

    /// <summary>Throws <see cref="WriteTermEndedException"/> where a write would not be let through now.</summary>
    public async Task EnsureAsync()
    {
        await using var command = new NpgsqlCommand(Ended, connection);
        Add(command.Parameters, term);
        if ((bool)(await command.ExecuteScalarAsync())!)
            throw new WriteTermEndedException();
    }

    /// <summary>The parameters of <see cref="WriteTerm.Holds"/>.</summary>
    public static void Add(NpgsqlParameterCollection parameters, WriteTerm term)
    {
        parameters.Add(new NpgsqlParameter<long> { TypedValue = term.Lock });
        parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = term.Until });
        parameters.Add(VersionLock.Parameter(term.Version));
    }
}
