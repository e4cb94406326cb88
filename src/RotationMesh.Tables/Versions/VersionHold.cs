using Npgsql;

namespace RotationMesh.Tables.Versions;

/// <summary>Holds a mark on a database's server while rows of the database may be brought to a version.</summary>
public sealed class VersionHold : IAsyncDisposable
{
    private readonly ServerSessions sessions;
    private readonly ServerSession session;
    private readonly DatabaseInstance place;
    private readonly long mark;

    private VersionHold(ServerSessions sessions, ServerSession session, DatabaseInstance place, long mark) =>
        (this.sessions, this.session, this.place, this.mark) = (sessions, session, place, mark);

    /// <summary>
    /// Takes the mark; null where somebody retires the version. Throws where the database does not answer.
    /// </summary>
    public static async Task<VersionHold?> TryTakeAsync(
        ApplicationDatabases databases,
        ServerSessions sessions,
        string database,
        int version,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        ArgumentNullException.ThrowIfNull(sessions);
        var place = await DatabaseInstance.ReadAsync(databases, database, cancellationToken);
        var session = await sessions.JoinAsync(database, place.Server, cancellationToken);
        var mark = VersionLock.MarkOf(place.Oid, version);
        var isMarked = false;
        try
        {
            // Marks first and looks then, as a retirement does: so at least one of them sees the other.
            isMarked = await session.TryMarkAsync(mark, alone: false, cancellationToken);
            if (
                isMarked
                && !(await session.FindOthersAsync([place.Oid], cancellationToken))[place.Oid]
                    .Any(holder => holder.IsAlone && holder.IsOf(version))
            )
                return new VersionHold(sessions, session, place, mark);
        }
        catch
        {
            await LeaveAsync(sessions, session, isMarked ? mark : null);
            throw;
        }

        await LeaveAsync(sessions, session, isMarked ? mark : null);
        return null;
    }

    /// <summary>Throws <see cref="NpgsqlException"/> where the connection is lost, and the mark with it.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken) =>
        session.EnsureAsync(now: false, cancellationToken);

    /// <summary>
    /// Throws <see cref="OtherDatabaseException"/> where the database is not the expected one, and
    /// <see cref="NpgsqlException"/> where its connection string leads elsewhere than when the mark was taken.
    /// </summary>
    public async Task EnsureAsync(
        ExpectedDatabase expected,
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(databases);
        await using var connection = await databases.OpenReadingAsync(database, cancellationToken);
        await expected.EnsureAsync(connection, database, cancellationToken);
        if (await DatabaseInstance.ReadAsync(connection, cancellationToken) != place)
            throw new NpgsqlException("its connection string leads now to one server, now to another");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await LeaveAsync(sessions, session, mark);

    private static async Task LeaveAsync(ServerSessions sessions, ServerSession session, long? mark)
    {
        try
        {
            if (mark is { } held && !session.IsLost)
                await session.UnmarkAsync(held, alone: false);
        }
        finally
        {
            await sessions.LeaveAsync(session);
        }
    }
}
