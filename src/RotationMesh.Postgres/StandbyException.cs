using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres;

/// <summary>
/// A connection leads to a standby. One name may lead to several servers (a balancer, a name with several addresses), so the
/// next connection may lead to the primary.
/// </summary>
public sealed class StandbyException() : NpgsqlException($"{Reasons.Standby}: point the map at the primary")
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <summary>Throws <see cref="StandbyException"/> where the server of a new connection is in recovery.</summary>
    internal static async Task EnsurePrimaryAsync(NpgsqlConnection connection)
    {
        await using var ask = new NpgsqlCommand("SELECT pg_catalog.pg_is_in_recovery()", connection);
        if (await ask.ExecuteScalarAsync() is true)
            throw new StandbyException();
    }
}
