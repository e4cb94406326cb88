using Npgsql;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>Asks a database, over the connection that writes there, how long a term still lasts.</summary>
internal sealed class WriteClock(NpgsqlConnection connection, WriteTerm term)
{
    private const string Left = "SELECT $1 OPERATOR(pg_catalog.-) pg_catalog.clock_timestamp()";

    private static readonly string Ended = $"SELECT NOT {WriteTerm.Holds(1, 2)}";

    /// <summary>Time that is left, below zero where there is none.</summary>
    public async Task<TimeSpan> LeftAsync()
    {
        await using var command = new NpgsqlCommand(Left, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = term.Until });
        return (TimeSpan)(await command.ExecuteScalarAsync())!;
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
    }
}
