using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// Shares one session for each server, whatever the number of its databases. It is opened for the first user and closed after
/// the last.
/// </summary>
public sealed class ServerSessions(ApplicationDatabases databases) : IAsyncDisposable
{
    /// <summary>Longest time to open a session, with the first queries over it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    private readonly Lock gate = new();
    private readonly List<Shared> open = [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<Shared> all;
        lock (gate)
        {
            all = [.. open];
            open.Clear();
        }

        foreach (var shared in all)
            await shared.CloseAsync();
    }

    /// <summary>
    /// Joins the session of the database's server, and opens it where there is none. Throws <see cref="NpgsqlException"/> where
    /// the server can't be reached, and where the database's connection string leads now to one server, now to another.
    /// </summary>
    internal async Task<ServerSession> JoinAsync(
        string database,
        string server,
        CancellationToken cancellationToken
    )
    {
        Shared? shared;
        lock (gate)
        {
            shared = open.FirstOrDefault(one => one.Server == server && !one.IsLost);
            if (shared is null)
                open.Add(shared = new Shared(server, OpenAsync(database, server)));
            shared.Users++;
        }

        try
        {
            // Outside the lock: a server that gives no session does not delay the callers of another.
            return await shared.Session.WaitAsync(cancellationToken);
        }
        catch
        {
            await LeaveAsync(shared);
            throw;
        }
    }

    /// <summary>Leaves the session; the last user closes it.</summary>
    internal async Task LeaveAsync(ServerSession session)
    {
        Shared? shared;
        lock (gate)
            shared = open.FirstOrDefault(one => one.Is(session));
        if (shared is not null)
            await LeaveAsync(shared);
    }

    private async Task LeaveAsync(Shared shared)
    {
        lock (gate)
        {
            if (--shared.Users > 0)
                return;
            open.Remove(shared);
        }

        var closing = shared.CloseAsync();
        if (shared.Session.IsCompleted)
            await closing; // a session that is still being opened is closed later, without anybody waiting
    }

    // Without a caller's token: it opens the session for all who wait, so none of them may cancel it.
    private async Task<ServerSession> OpenAsync(string database, string server)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        ServerSession session;
        try
        {
            session = await ServerSession.OpenAsync(databases, database, timeout.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new NpgsqlException(Reasons.NotInTime, late);
        }

        if (session.Server == server)
            return session;
        await session.DisposeAsync();
        throw new NpgsqlException("its connection string leads now to one server, now to another");
    }

    private sealed class Shared(string server, Task<ServerSession> session)
    {
        public string Server => server;
        public Task<ServerSession> Session => session;
        public int Users { get; set; }
        public bool IsLost =>
            session.IsCompleted && (!session.IsCompletedSuccessfully || session.Result.IsLost);

        public bool Is(ServerSession one) => session.IsCompletedSuccessfully && session.Result == one;

        public async Task CloseAsync()
        {
            try
            {
                await (await session).DisposeAsync();
            }
            catch (Exception fault)
                when (fault is NpgsqlException or TimeoutException or IOException or UsageException)
            {
                // It was never opened: all who joined got the exception.
            }
        }
    }
}
