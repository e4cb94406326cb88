using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables;

/// <summary>
/// Checks that a connection leads to the rotation's database: a worker's own map may give its name to another one.
/// </summary>
/// <param name="Identity">Identity of the rotation's database; null where it is unknown, and every database passes.</param>
public sealed record ExpectedDatabase(DatabaseIdentity? Identity)
{
    /// <summary>Accepts any database that the map leads to.</summary>
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

    /// <summary>
    /// Opens a connection and checks it. Throws <see cref="OtherDatabaseException"/> where it leads to another database, or
    /// to a standby.
    /// </summary>
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

/// <summary>A connection leads to another database than the rotation's, or to a standby of it.</summary>
public sealed class OtherDatabaseException(string message) : UsageException(message);
