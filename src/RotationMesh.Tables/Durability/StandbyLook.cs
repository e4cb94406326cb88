using System.Globalization;
using Dapper;

namespace RotationMesh.Tables.Durability;

/// <summary>Finds databases that are standbys: a standby shows what the primary had some time ago.</summary>
public sealed class StandbyLook(ApplicationDatabases databases)
{
    // ReplayedUntil is the time of the last replayed commit. It stands still while the primary commits nothing.
    private const string Find = """
        SELECT pg_catalog.pg_is_in_recovery() AS InRecovery,
               CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_xact_replay_timestamp() END AS ReplayedUntil
        """;

    /// <summary>Returns the databases that are standbys, in the order of <paramref name="names"/>.</summary>
    public async Task<IReadOnlyList<Standby>> FindAsync(
        IEnumerable<string> names,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        var standbys = new List<Standby>();
        foreach (var name in names.Distinct())
        {
            await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
            var state = await connection.QuerySingleAsync<State>(
                new CommandDefinition(Find, cancellationToken: cancellationToken)
            );
            if (state.InRecovery)
                standbys.Add(new Standby(name, state.ReplayedUntil));
        }

        return standbys;
    }

    private sealed record State
    {
        public bool InRecovery { get; init; }
        public DateTime? ReplayedUntil { get; init; }
    }
}

/// <summary>A database that is a standby, and the time of the last commit that it has of the primary (null: unknown).</summary>
public sealed record Standby(string Database, DateTime? ReplayedUntil)
{
    /// <summary>In one line, for the operator.</summary>
    public override string ToString() =>
        $"database {Database} is a standby, replayed until "
        + (ReplayedUntil?.ToString("u", CultureInfo.InvariantCulture) ?? "an unknown time");
}
