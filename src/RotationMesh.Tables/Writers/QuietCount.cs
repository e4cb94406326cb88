using Dapper;
using Npgsql;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Counts a table as it was at a moment when no transaction was writing it. The lock is held only for that moment, however
/// large the table is: the snapshot is taken under the lock, and the count continues without it.
/// </summary>
public sealed class QuietCount(ApplicationDatabases databases)
{
    /// <summary>How often the lock is tried: with the pauses in between, this takes some ten seconds.</summary>
    public const int Tries = 10;

    /// <summary>
    /// Longest wait for the lock, in milliseconds. Writers that come meanwhile queue behind it, so it is short enough that an
    /// application does not notice. It is also shorter than the second after which PostgreSQL looks for deadlocks and aborts
    /// a transaction.
    /// </summary>
    private const int LockTimeoutMs = 400;

    /// <summary>Time between two tries, in which the writers that queued behind the lock can continue.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    private const string Begin = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ";

    // Both: lock_timeout counts for each lock, and a partitioned table has one in each partition.
    private static readonly string Limits =
        $"SET LOCAL lock_timeout = {LockTimeoutMs}; SET LOCAL statement_timeout = {LockTimeoutMs}";

    // Rolling back to the savepoint releases SHARE; the snapshot of REPEATABLE READ stays until the transaction ends.
    private const string Mark = "SAVEPOINT quiet";

    private const string TakeSnapshot = "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text";

    private const string Release = "ROLLBACK TO SAVEPOINT quiet";

    private const string NoLimits = "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0";

    /// <summary>Counts the rows of the whole table by version, or returns why there was no such moment.</summary>
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

    /// <summary>Tries once, and lets <paramref name="countAsync"/> count under the snapshot of such a moment.</summary>
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
                // Held until the end. Otherwise a statement that rewrites or empties the table could run once SHARE is
                // released, and leave nothing that the snapshot sees.
                await RunAsync(connection, $"{Lock(target, "ACCESS SHARE")}; {Mark}", cancellationToken);
                // Sent at once: were this process frozen between them, every writer of the table would wait for it.
                await RunAsync(
                    connection,
                    $"{Lock(target, "SHARE")}; {TakeSnapshot}; {Release}",
                    cancellationToken
                );
            }
            catch (PostgresException refusal)
                when (WhyNot(refusal) is { } why && !cancellationToken.IsCancellationRequested)
            {
                return new QuietCounted(null, why);
            }

            await RunAsync(connection, NoLimits, cancellationToken);
            if (!target.ByTenant)
                await SeeWholeTableAsync(connection, cancellationToken);
            return new QuietCounted(await countAsync(connection), QuietRefusal.None);
        }
        finally
        {
            await EndAsync(connection);
        }
    }

    /// <summary>Makes PostgreSQL raise an error where a policy would hide rows, until the transaction ends.</summary>
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

    private static string Lock(MappedTable target, string mode) =>
        $"LOCK TABLE {target.Shape.From} IN {mode} MODE";

    private static Task<int> RunAsync(
        NpgsqlConnection connection,
        string statement,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));

    // The pool does not reset connections: the next user must not find the transaction open.
    private static async Task EndAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("ROLLBACK");
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or IOException)
        {
            // The connection is broken, so the transaction is gone too.
        }
    }
}

/// <summary>The counts; null where the lock could not be had.</summary>
public sealed record QuietCounted(IReadOnlyList<VersionCount>? Counts, QuietRefusal Refusal);

/// <summary>Why a table could not be locked.</summary>
public enum QuietRefusal
{
    /// <summary>The table was locked.</summary>
    None,

    /// <summary>Others held the table locked at each try.</summary>
    Busy,

    /// <summary>The role lacks the right: UPDATE, DELETE or TRUNCATE on the whole table.</summary>
    MayNotLock,

    /// <summary>The server is a standby.</summary>
    ReadOnly,
}
