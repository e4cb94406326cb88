namespace RotationMesh.Postgres.Target.Versions;

/// <summary>
/// One session to each server, whatever the number of its databases: opened for the first who needs it, closed after the last.
/// </summary>
public sealed class ServerSessions(TargetDatabases databases) : IAsyncDisposable
{
    private readonly SemaphoreSlim opening = new(1);
    private readonly List<Shared> open = [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var shared in open)
            await shared.Session.DisposeAsync();
        open.Clear();
        opening.Dispose();
    }

    /// <summary>
    /// Joins that of the database's server. Throws <see cref="Npgsql.NpgsqlException"/> where it can't be reached, and where the
    /// database's connection string leads now here, now there.
    /// </summary>
    internal async Task<ServerSession> JoinAsync(
        string database,
        string server,
        CancellationToken cancellationToken
    )
    {
        await opening.WaitAsync(cancellationToken);
        try
        {
            var shared = open.FirstOrDefault(one => one.Session.Server == server && !one.Session.IsLost);
            if (shared is null)
            {
                var session = await ServerSession.OpenAsync(databases, database, cancellationToken);
                if (session.Server != server)
                {
                    await session.DisposeAsync();
                    throw new Npgsql.NpgsqlException(
                        "its connection string leads now to one server, now to another"
                    );
                }

                open.Add(shared = new Shared(session));
            }

            shared.Users++;
            return shared.Session;
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Leaves it; the last one closes it.</summary>
    internal async Task LeaveAsync(ServerSession session)
    {
        await opening.WaitAsync(CancellationToken.None);
        try
        {
            if (open.FirstOrDefault(one => one.Session == session) is not { } shared || --shared.Users > 0)
                return;
            open.Remove(shared);
        }
        finally
        {
            opening.Release();
        }

        await session.DisposeAsync();
    }

    private sealed class Shared(ServerSession session)
    {
        public ServerSession Session { get; } = session;
        public int Users { get; set; }
    }
}
