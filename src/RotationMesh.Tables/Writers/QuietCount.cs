using Dapper;
using Npgsql;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Counts a table as it was at a moment at which no transaction was writing it. The lock is held for that moment alone,
/// however large the table: the snapshot is taken under it, and the count goes on without it.
/// </summary>
public sealed class QuietCount(ApplicationDatabases databases)
{
    /// <summary>Tries to get the lock: with the pauses between them, some ten seconds.</summary>
    public const int Tries = 10;

    /// <summary>
    /// Longest wait for the lock, in milliseconds. Writers that come meanwhile wait behind it, so it is shorter than an
    /// application notices, and than the second after which PostgreSQL looks for deadlocks and ends somebody.
    /// </summary>
    private const int LockTimeoutMs = 400;

    /// <summary>Time between two tries, in which whoever waited for the lock goes on.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private const string Begin = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ";

    // Both: a partitioned table has a lock to wait for in each partition.
    private static readonly string Limits =
        $"SET LOCAL lock_timeout = {LockTimeoutMs}; SET LOCAL statement_timeout = {LockTimeoutMs}";

    // SHARE goes with the savepoint; the snapshot of a repeatable read stays until the transaction ends.
    private const string Mark = "SAVEPOINT quiet";

    private const string TakeSnapshot = "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text";

    private const string Release =
        "ROLLBACK TO SAVEPOINT quiet; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";

    /// <summary>The rows of the whole table by version; or why there was no such moment.</summary>
    public async Task<QuietCounted> CountAsync(
        MappedTable target,
        CancellationToken cancellationToken,
        int tries = Tries
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        for (var attempt = 1; ; attempt++)
        {
            var counted = await TryAsync(
                target,
                connection =>
                    new TableCensus(databases).CountAsync(connection, target, null, cancellationToken),
                cancellationToken
            );
            if (counted.Refusal != QuietRefusal.Busy || attempt == tries)
                return counted;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>One try: what <paramref name="countAsync"/> counts under the snapshot of such a moment.</summary>
    internal async Task<QuietCounted> TryAsync(
        MappedTable target,
        Func<NpgsqlConnection, Task<IReadOnlyList<VersionCount>>> countAsync,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await databases.OpenReadingAsync(
            target.Entry.Database,
            cancellationToken
        );
        try
        {
            await RunAsync(connection, Begin, cancellationToken);
            try
            {
                await RunAsync(connection, Limits, cancellationToken);
                // Held to the end: a statement that rewrites or empties the table would else get its turn once SHARE is
                // released, and leave nothing that the snapshot could see.
                await LockAsync(connection, target, "ACCESS SHARE", cancellationToken);
                await RunAsync(connection, Mark, cancellationToken);
                await LockAsync(connection, target, "SHARE", cancellationToken);
                await RunAsync(connection, TakeSnapshot, cancellationToken);
            }
            catch (PostgresException refusal)
                when (WhyNot(refusal) is { } why && !cancellationToken.IsCancellationRequested)
            {
                return new QuietCounted(null, why);
            }

            await RunAsync(connection, Release, cancellationToken);
            if (!target.ByTenant)
                await SeeWholeTableAsync(connection, cancellationToken);
            return new QuietCounted(await countAsync(connection), QuietRefusal.None);
        }
        finally
        {
            await EndAsync(connection);
        }
    }

    /// <summary>Makes a policy that would hide rows an error, to the end of the transaction.</summary>
    internal static Task SeeWholeTableAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    ) => RunAsync(connection, "SET LOCAL row_security = off", cancellationToken);

    private static QuietRefusal? WhyNot(PostgresException refusal) =>
        refusal.SqlState switch
        {
            PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.QueryCanceled
            or PostgresErrorCodes.DeadlockDetected => QuietRefusal.Busy,
            PostgresErrorCodes.InsufficientPrivilege => QuietRefusal.MayNotLock,
            PostgresErrorCodes.ReadOnlySqlTransaction => QuietRefusal.ReadOnly,
            _ => null,
        };

    private static Task<int> LockAsync(
        NpgsqlConnection connection,
        MappedTable target,
        string mode,
        CancellationToken cancellationToken
    ) => RunAsync(connection, $"LOCK TABLE {target.Shape.From} IN {mode} MODE", cancellationToken);

    private static Task<int> RunAsync(
        NpgsqlConnection connection,
        string statement,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));

    // The pool resets nothing: the transaction must not reach whoever comes next.
    private static async Task EndAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("ROLLBACK");
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or IOException)
        {
            // The connection is broken, and the transaction gone with it.
        }
    }
}

/// <summary>The counts; null where the lock could not be had.</summary>
public sealed record QuietCounted(IReadOnlyList<VersionCount>? Counts, QuietRefusal Refusal);

/// <summary>Why a table could not be locked.</summary>
public enum QuietRefusal
{
    /// <summary>It was.</summary>
    None,

    /// <summary>Others held it whenever it was tried.</summary>
    Busy,

    /// <summary>The role lacks the right: UPDATE, DELETE or TRUNCATE on the whole table.</summary>
    MayNotLock,

    /// <summary>The server is a standby.</summary>
    ReadOnly,
}
