using System.Data;
using System.Diagnostics;
using Npgsql;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// A connection of its own to a server, by which marks of several of its databases are held. Any number may use it at once.
/// </summary>
internal sealed class ServerSession : IAsyncDisposable
{
    /// <summary>Longest wait for an answer of a connection that may be dead, in seconds.</summary>
    private const int PatienceSeconds = 5;

    /// <summary>Time for which an answer serves all who ask whether it is alive.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(1);

    private readonly NpgsqlConnection connection;
    private readonly SemaphoreSlim turn = new(1);
    private long seen = Stopwatch.GetTimestamp();
    private bool isLost;

    private ServerSession(NpgsqlConnection connection, string server, int pid) =>
        (this.connection, Server, Pid) = (connection, server, pid);

    /// <summary>The server's start, as <see cref="DatabaseInstance.Server"/>.</summary>
    public string Server { get; }

    /// <summary>Process id of the session.</summary>
    public int Pid { get; }

    /// <summary>Whether it is known to be gone, and all its marks with it.</summary>
    public bool IsLost => Volatile.Read(ref isLost) || connection.State != ConnectionState.Open;

    /// <summary>Opens it by the connection string of one of the server's databases. Throws <see cref="NpgsqlException"/>.</summary>
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

    /// <summary>Takes a mark, alone or shared with others; false where the session's own database has it otherwise already.</summary>
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

    /// <summary>Takes it back. Where the session is gone, so is the mark.</summary>
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
            Volatile.Write(ref isLost, true); // nobody else shall rely on a session that keeps what it should not
        }
    }

    /// <summary>Who else holds versions in databases of the server, by their oids.</summary>
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
    /// Throws <see cref="NpgsqlException"/> where the connection is gone, and all marks with it; unless it is to be asked
    /// <paramref name="now"/>, an answer of the last second is enough.
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
                    CommandTimeout = PatienceSeconds,
                };
                if (mark is { } number)
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = number });
                // Not called off half-way: nobody would know whether the mark is there.
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
