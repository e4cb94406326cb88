using System.Data;
using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// A connection to a server that holds the marks of several of its databases, outside the pools. Safe for concurrent callers.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    /// <summary>Longest wait for an answer of a connection that may be dead, in seconds.</summary>
    private const int TimeoutSeconds = 5;

    /// <summary>How long an answer counts as proof that the connection is alive.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(1);

    private readonly NpgsqlConnection connection;
    private readonly SemaphoreSlim turn = new(1);
    private long seen = Stopwatch.GetTimestamp();
    private bool isLost;

    private ServerSession(NpgsqlConnection connection, string server, int pid) =>
        (this.connection, Server, Pid) = (connection, server, pid);

    /// <summary>When the server started, as <see cref="DatabaseInstance.Server"/>.</summary>
    public string Server { get; }

    /// <summary>Process id of the session.</summary>
    public int Pid { get; }

    /// <summary>Whether the connection is known to be lost, and all its marks with it.</summary>
    public bool IsLost => Volatile.Read(ref isLost) || connection.State != ConnectionState.Open;

    /// <summary>
    /// Opens a session by the connection string of one of the server's databases. Throws <see cref="NpgsqlException"/>.
    /// </summary>
    public static async Task<ServerSession> OpenAsync(
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        var connection = await databases.OpenApartAsync(database, cancellationToken);
        try
        {
            var place = await DatabaseInstance.ReadAsync(connection, cancellationToken);
            await using var pid = new NpgsqlCommand("SELECT pg_catalog.pg_backend_pid()", connection);
            return new ServerSession(
                connection,
                place.Server,
                (int)(await pid.ExecuteScalarAsync(cancellationToken))!
            );
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Takes a mark, exclusively or shared; false where another session that is connected to the same database holds it in a
    /// way that conflicts.
    /// </summary>
    public async Task<bool> TryMarkAsync(long mark, bool alone, CancellationToken cancellationToken) =>
        (bool)
            (
                await AskAsync(
                    alone
                        ? "SELECT pg_catalog.pg_try_advisory_lock($1)"
                        : "SELECT pg_catalog.pg_try_advisory_lock_shared($1)",
                    mark,
                    cancellationToken
                )
            )!;

    /// <summary>Gives a mark back. Where the session is lost, the mark is gone with it.</summary>
    public async Task UnmarkAsync(long mark, bool alone)
    {
        try
        {
            await AskAsync(
                alone
                    ? "SELECT pg_catalog.pg_advisory_unlock($1)"
                    : "SELECT pg_catalog.pg_advisory_unlock_shared($1)",
                mark,
                CancellationToken.None
            );
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or IOException)
        {
            Volatile.Write(ref isLost, true); // the session may still hold the mark, so nobody else may use it
        }
    }

    /// <summary>Finds who else holds versions in databases of the server, by the databases' oids.</summary>
    public Task<ILookup<uint, VersionHolder>> FindOthersAsync(
        IReadOnlyCollection<uint> databases,
        CancellationToken cancellationToken
    ) =>
        InTurnAsync(
            async () =>
            {
                var found = await VersionLock.FindAsync(connection, databases, cancellationToken);
                return found
                    .SelectMany(place => place.Select(holder => (place.Key, Holder: holder)))
                    .Where(one => one.Holder.Session != Pid)
                    .ToLookup(one => one.Key, one => one.Holder);
            },
            cancellationToken
        );

    /// <summary>
    /// Throws <see cref="NpgsqlException"/> where the connection is lost, and all marks with it. An answer of the last second is
    /// enough, unless the server is to be asked <paramref name="now"/>.
    /// </summary>
    public async Task EnsureAsync(bool now, CancellationToken cancellationToken)
    {
        if (now || IsLost || Stopwatch.GetElapsedTime(Interlocked.Read(ref seen)) >= Lasting)
            await AskAsync("SELECT", null, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref isLost, true);
        await connection.DisposeAsync();
    }

    private Task<object?> AskAsync(string sql, long? mark, CancellationToken cancellationToken) =>
        InTurnAsync(
            async () =>
            {
                await using var command = new NpgsqlCommand(sql, connection)
                {
                    CommandTimeout = TimeoutSeconds,
                };
                if (mark is { } number)
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
                // Never cancelled half-way: nobody would know whether the session holds the mark.
                return await command.ExecuteScalarAsync(CancellationToken.None);
            },
            cancellationToken
        );

    private async Task<T> InTurnAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (IsLost)
                throw new NpgsqlException("the session that held the marks of versions is gone");
            var answer = await ask();
            Interlocked.Exchange(ref seen, Stopwatch.GetTimestamp());
            return answer;
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or IOException)
        {
            Volatile.Write(ref isLost, true);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }
}
