using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables;

/// <summary>
/// Opens connections that lead where a rotation is: a worker's own map may name another database by the same name.
/// </summary>
/// <param name="Identity">The rotation's; null where nobody could tell it.</param>
public sealed record ExpectedDatabase(DatabaseIdentity? Identity)
{
    /// <summary>Any: the map's own.</summary>
    public static ExpectedDatabase Any { get; } = new((DatabaseIdentity?)null);

    /// <summary>
    /// Throws <see cref="OtherDatabaseException"/> where the connection leads to another database than the expected one, or
    /// to a standby of it.
    /// </summary>
    public async Task EnsureAsync(
        NpgsqlConnection connection,
        string database,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (Identity is null)
            return;
        var own = await DatabaseIdentity.ReadAsync(connection, cancellationToken);
        if (!own.Identity.Matches(Identity))
            throw new OtherDatabaseException(
                $"the database {database} of its map is another one than the rotation's: its connection string leads to "
                    + $"database {own.Name} ({own.Identity}), the rotation's is {Identity}; give it the connection string of "
                    + "the coordinators' database"
            );
        if (own.IsStandby)
            throw new OtherDatabaseException(
                $"its connection string for database {database} leads to a standby, which may be behind: give it that of the "
                    + "primary"
            );
    }

    /// <summary>The same over a connection of its own.</summary>
    public async Task EnsureAsync(
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        if (Identity is null)
            return;
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        await EnsureAsync(connection, database, cancellationToken);
    }
}

/// <summary>A connection leads to another database than the rotation's.</summary>
public sealed class OtherDatabaseException(string message) : UsageException(message);
