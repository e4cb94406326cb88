using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// One session to each server, whatever the number of its databases: opened for the first who needs it, closed after the last.
/// </summary>
public sealed class ServerSessions(ApplicationDatabases databases) : IAsyncDisposable
{
    /// <summary>Longest wait for a session, and what is asked over it first.</summary>
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
    /// Joins that of the database's server. Throws <see cref="NpgsqlException"/> where it can't be reached, and where the
    /// database's connection string leads now here, now there.
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
            // One server that lends none holds up nobody who asks for another.
            return await shared.Session.WaitAsync(cancellationToken);
        }
        catch
        {
            await LeaveAsync(shared);
            throw;
        }
    }

    /// <summary>Leaves it; the last one closes it.</summary>
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
            await closing; // else nobody waits for what is still being opened
    }

    // For all who wait for it, so that none of them calls it off.
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
                // It was never opened: whoever joined was told.
            }
        }
    }
}
