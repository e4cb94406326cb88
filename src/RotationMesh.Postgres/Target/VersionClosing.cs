using Npgsql;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// Keeps every rotation to a version away from the databases of a map while the version is retired, whatever control
/// database it has: their writes do nothing, and none begins.
/// </summary>
public sealed class VersionClosing : IAsyncDisposable
{
    private const int Tries = 5;
    private const string Stay = "SET LOCAL idle_in_transaction_session_timeout = 0";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<(string Database, NpgsqlConnection Connection)> held = [];
    private readonly HashSet<(DatabaseIdentity Database, int Session)> own = [];
    private readonly List<string> inTheWay = [];

    private VersionClosing() { }

    /// <summary>Who may still bring rows to the version; nothing where it is closed.</summary>
    public IReadOnlyList<string> InTheWay => inTheWay;

    /// <summary>Closes it as far as nobody is in the way. Throws where a database does not answer.</summary>
    public static async Task<VersionClosing> CloseAsync(
        TargetDatabases databases,
        IEnumerable<string> names,
        int version,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(names);
        var closing = new VersionClosing();
        try
        {
            foreach (var name in names)
                await closing.CloseAsync(databases, name, version, cancellationToken);
            return closing;
        }
        catch
        {
            await closing.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is said of sessions that hold the version in a database.</summary>
    public static string Explain(string database, int version, IEnumerable<VersionHolder> holders)
    {
        var named = holders.Take(5).ToList();
        var who = string.Join(", ", named);
        return named.All(holder => holder.IsAlone)
            ? $"database {database}: somebody else retires version {version}: {who}; wait for its end"
            : $"database {database}: a rotation, maybe of another control database, may bring rows to version {version}: "
                + $"{who}; wait for its end, or cancel it there";
    }

    /// <summary>Throws where a connection is gone: the version is not closed any more.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        foreach (var (database, connection) in held)
        {
            try
            {
                await using var command = new NpgsqlCommand("SELECT", connection);
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (NpgsqlException fault)
            {
                throw new TargetDatabaseException(database, fault);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, connection) in held)
            await connection.DisposeAsync();
        held.Clear();
    }

    private async Task CloseAsync(
        TargetDatabases databases,
        string database,
        int version,
        CancellationToken cancellationToken
    )
    {
        var connection = await databases.OpenApartAsync(database, cancellationToken);
        held.Add((database, connection));
        // Before the transaction, which a role that may not ask for it would spoil.
        var here = (await DatabaseIdentity.ReadAsync(connection, cancellationToken)).Identity;
        await connection.BeginTransactionAsync(cancellationToken);
        await using var stay = new NpgsqlCommand(Stay, connection);
        await stay.ExecuteNonQueryAsync(cancellationToken);
        await using var pid = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid()", connection);
        own.Add((here, (int)(await pid.ExecuteScalarAsync(cancellationToken))!));
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(Pause, cancellationToken);
            // Looked at first: who takes it alone for a moment makes the writes of others do nothing.
            var holders = await HoldersAsync(connection, version, cancellationToken);
            if (
                holders.Count > 0
                && holders.All(holder => holder.IsAlone && own.Contains((here, holder.Session)))
            )
                return; // the map names this database twice
            if (
                holders.Count == 0
                && await VersionLock.TryTakeAloneAsync(connection, version, cancellationToken)
            )
                return;
        }

        var last = await HoldersAsync(connection, version, cancellationToken);
        inTheWay.Add(
            last.Count == 0
                ? $"database {database}: sessions that bring rows to version {version} come and go; try again"
                : Explain(database, version, last)
        );
    }

    private static async Task<List<VersionHolder>> HoldersAsync(
        NpgsqlConnection connection,
        int version,
        CancellationToken cancellationToken
    ) =>
        [
            .. (await VersionLock.FindAsync(connection, cancellationToken)).Where(holder =>
                holder.Version == version
            ),
        ];
}
