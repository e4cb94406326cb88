using Npgsql;
using RotationMesh.Control.Queries;
using RotationMesh.Postgres;

namespace RotationMesh.Control.Guards;

/// <summary>
/// Work on a rotation that one process does at a time. The lock is held by a connection, so it ends with the process that
/// holds it, however that ends. One that is frozen has not ended: its session gives no sign of life any more, and others
/// end it.
/// </summary>
public sealed class RotationGuard(ControlDatabase control)
{
    /// <summary>Work of an embedding process: as long as it lives it holds its rotation.</summary>
    public const string Run = "run";

    /// <summary>
    /// Silence after which a session that holds work is ended: it gives a sign of life six times as often. What it still
    /// wants to write is lost with it, as it writes over that session.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private const string Lock = $"""
        {HeldWork.Sign} SELECT CASE WHEN pg_try_advisory_lock(hashtextextended(@name, 0)) THEN pg_backend_pid() END
        """;
    private const string Unlock = "SELECT pg_advisory_unlock(hashtextextended(@name, 0))";

    // What is not told of the sessions of another role is null: such a session is neither silent nor ended. The server shows
    // a lock's key in two halves.
    private const string Holders = """
        FROM (SELECT pg_catalog.hashtextextended(@name, 0)) AS work (key)
        JOIN pg_catalog.pg_locks l
          ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
         AND l.classid = ((work.key >> 32) & 4294967295)::pg_catalog.oid
         AND l.objid = (work.key & 4294967295)::pg_catalog.oid
         AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
        JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        """;

    private const string IdleFor = """
        CASE WHEN a.state = 'idle' THEN pg_catalog.clock_timestamp() - a.state_change
             WHEN a.state <> 'disabled' THEN '0'::pg_catalog.interval END
        """;

    private const string Find = $"""
        SELECT a.pid, a.application_name, pg_catalog.host(a.client_addr) AS client, a.state_change AS last_sign,
               {IdleFor} AS silent
        {Holders}
        """;

    /// <summary>Whether the work named @name is held by the process @session of the server.</summary>
    internal const string IsHeld = $"SELECT EXISTS (SELECT 1 {Holders} WHERE l.pid = @session)";

    // Only what gives signs of life, and works at nothing: one of an earlier release gives none, and may be alive.
    private const string End = $"""
        SELECT pg_catalog.pg_terminate_backend(a.pid)
        {Holders}
        WHERE a.state = 'idle' AND {IdleFor} >= @longest AND pg_catalog.starts_with(a.query, @sign)
        """;

    /// <summary>
    /// Holds the work of that name until disposed of; null where somebody else is at it. Names of different work differ.
    /// </summary>
    public async Task<HeldWork?> TryHoldAsync(
        string work,
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        var name = Name(work, rotationId);
        var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            if (await connection.ScalarAsync<int?>(Lock, new { name }, cancellationToken) is { } session)
                return new HeldWork(connection, session, name, Unlock);
        }
        catch
        {
            await SessionEnd.EndAsync(connection); // it may have the lock
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>The session that holds the work of that name; null where none does.</summary>
    public Task<WorkHolder?> FindHolderAsync(
        string work,
        Guid rotationId,
        CancellationToken cancellationToken
    ) => control.FindAsync<WorkHolder>(Find, new { name = Name(work, rotationId) }, cancellationToken);

    /// <summary>
    /// Ends the session that holds the work of that name where it has given no sign of life for so long. False where it has,
    /// or where this role may not end it.
    /// </summary>
    public async Task<bool> TryEndSilentAsync(
        string work,
        Guid rotationId,
        TimeSpan longest,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            return await connection.ScalarAsync<bool>(
                End,
                new
                {
                    name = Name(work, rotationId),
                    longest,
                    sign = HeldWork.Sign,
                },
                cancellationToken
            );
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    private static string Name(string work, Guid rotationId) => $"rotationmesh/{work}/{rotationId}";
}
