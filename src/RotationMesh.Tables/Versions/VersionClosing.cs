using RotationMesh.Postgres;

namespace RotationMesh.Tables.Versions;

/// <summary>
/// Keeps every rotation to a version away from the databases of a map while the version is retired, whichever control
/// database the rotation has: no worker begins a partition, and none is in progress.
/// </summary>
public sealed class VersionClosing : IAsyncDisposable
{
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly List<(string Database, ServerSession Session)> held = [];
    private readonly List<string> inTheWay = [];

    private VersionClosing() { }

    /// <summary>Why the version could not be closed, by database; empty where it is closed.</summary>
    public IReadOnlyList<string> InTheWay => inTheWay;

    /// <summary>
    /// Closes the version in those databases where nobody holds it; <see cref="InTheWay"/> has the others. Throws where a
    /// database does not answer.
    /// </summary>
    public static async Task<VersionClosing> CloseAsync(
        ApplicationDatabases databases,
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
            var places = new List<(string Name, DatabaseInstance Place)>();
            foreach (var name in names)
                places.Add((name, await DatabaseInstance.ReadAsync(databases, name, cancellationToken)));
            foreach (var server in places.GroupBy(one => one.Place.Server))
                await closing.CloseAsync(databases, [.. server], version, cancellationToken);
            return closing;
        }
        catch
        {
            await closing.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the message about sessions that hold the version in a database.</summary>
    public static string Explain(string database, int version, IEnumerable<VersionHolder> holders)
    {
        var named = holders.Take(5).ToList();
        var who = string.Join(", ", named);
        return named.All(holder => holder.IsAlone)
            ? $"database {database}: somebody else retires version {version}: {who}; wait for its end"
            : $"database {database}: a rotation, maybe of another control database, may bring rows to version {version}: "
                + $"{who}; wait for its end, or cancel it there";
    }

    /// <summary>
    /// Throws <see cref="ApplicationDatabaseException"/> where a connection is lost: the version is not closed any more.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        foreach (var (database, session) in held)
        {
            try
            {
                await session.EnsureAsync(now: true, cancellationToken);
            }
            catch (Npgsql.NpgsqlException fault)
            {
                throw new ApplicationDatabaseException(database, fault);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, session) in held)
            await session.DisposeAsync();
        held.Clear();
    }

    private async Task CloseAsync(
        ApplicationDatabases databases,
        IReadOnlyList<(string Name, DatabaseInstance Place)> names,
        int version,
        CancellationToken cancellationToken
    )
    {
        var session = await ServerSession.OpenAsync(databases, names[0].Name, cancellationToken);
        held.Add((names[0].Name, session));
        if (session.Server != names[0].Place.Server)
        {
            inTheWay.Add(
                $"database {names[0].Name}: its connection string leads now to one server, now to another; try again"
            );
            return;
        }

        var oids = names.Select(one => one.Place.Oid).Distinct().ToList();
        ILookup<uint, VersionHolder>? others = null;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(Pause, cancellationToken);
            // Looks before it takes the mark: even for a moment, an exclusive mark stops the rotations of others.
            others = await HoldersAsync(session, oids, version, cancellationToken);
            if (others.Count > 0)
                continue;
            var marked = await MarkAsync(session, oids, version, cancellationToken);
            // Looks again: a rotation that began meanwhile took its mark before it looked for this one.
            others = await HoldersAsync(session, oids, version, cancellationToken);
            if (marked.Count == oids.Count && others.Count == 0)
                return;
            foreach (var mark in marked)
                await session.UnmarkAsync(mark, alone: true);
        }

        inTheWay.AddRange(
            others!.Count == 0
                ?
                [
                    $"database {names[0].Name}: sessions that bring rows to version {version} come and go; try again",
                ]
                : names
                    .Where(one => others.Contains(one.Place.Oid))
                    .Select(one => Explain(one.Name, version, others[one.Place.Oid]))
        );
    }

    private static async Task<IReadOnlyList<long>> MarkAsync(
        ServerSession session,
        IReadOnlyList<uint> databases,
        int version,
        CancellationToken cancellationToken
    )
    {
        var marked = new List<long>();
        foreach (var mark in databases.Select(oid => VersionLock.MarkOf(oid, version)))
        {
            if (!await session.TryMarkAsync(mark, alone: true, cancellationToken))
                break;
            marked.Add(mark);
        }

        return marked;
    }

    private static async Task<ILookup<uint, VersionHolder>> HoldersAsync(
        ServerSession session,
        IReadOnlyList<uint> databases,
        int version,
        CancellationToken cancellationToken
    ) =>
        (await session.FindOthersAsync(databases, cancellationToken))
            .SelectMany(place => place.Select(holder => (place.Key, Holder: holder)))
            .Where(one => one.Holder.IsOf(version))
            .ToLookup(one => one.Key, one => one.Holder);
}
