using Dapper;
using Npgsql;
using RotationMesh.Postgres.Target.Census;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Writers;

/// <summary>
/// Counts a table as it was at a moment at which no transaction was writing it. The lock is held for that moment alone,
/// however large the table: the snapshot is taken under it, and the count goes on without it.
/// </summary>
public sealed class QuietCount(TargetDatabases databases)
{
    /// <summary>
    /// Longest wait for the lock, in milliseconds. Writers that come meanwhile wait behind it, so it is shorter than an
    /// application notices, and than the second after which PostgreSQL looks for deadlocks and ends somebody.
    /// </summary>
    private const int LockTimeoutMs = 400;

    /// <summary>Tries to get the lock: with the pauses between them, some ten seconds.</summary>
    private const int Tries = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(600);

    // The lock goes with the savepoint; the snapshot of a repeatable read stays until the transaction ends.
    private const string Begin = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ; SAVEPOINT quiet";

    // Both: a partitioned table has a lock to wait for in each partition.
    private static readonly string Limits =
        $"SET LOCAL lock_timeout = {LockTimeoutMs}; SET LOCAL statement_timeout = {LockTimeoutMs}";

    private const string TakeSnapshot = "SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text";

    private const string Release = "ROLLBACK TO SAVEPOINT quiet";

    // A policy that would hide rows is an error then.
    private const string WholeTable = "SET LOCAL row_security = off";

    /// <summary>The rows by version; or why there was no such moment.</summary>
    public async Task<QuietCounted> CountAsync(TableTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        for (var attempt = 1; ; attempt++)
        {
            var counted = await TryAsync(target, cancellationToken);
            if (counted is not { Counts: null, MayNotLock: false } || attempt == Tries)
                return counted;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<QuietCounted> TryAsync(TableTarget target, CancellationToken cancellationToken)
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
                await RunAsync(
                    connection,
                    $"LOCK TABLE {target.Shape.Quoted} IN SHARE MODE",
                    cancellationToken
                );
                await RunAsync(connection, TakeSnapshot, cancellationToken);
            }
            catch (PostgresException refusal)
                when (refusal.SqlState
                        is PostgresErrorCodes.LockNotAvailable
                            or PostgresErrorCodes.QueryCanceled
                            or PostgresErrorCodes.DeadlockDetected
                    && !cancellationToken.IsCancellationRequested
                )
            {
                return new QuietCounted(null, MayNotLock: false);
            }
            catch (PostgresException refusal)
                when (refusal.SqlState
                        is PostgresErrorCodes.InsufficientPrivilege
                            or PostgresErrorCodes.ReadOnlySqlTransaction
                )
            {
                return new QuietCounted(null, MayNotLock: true);
            }

            await RunAsync(connection, Release, cancellationToken);
            await RunAsync(connection, WholeTable, cancellationToken);
            return new QuietCounted(
                await ReadAsync(connection, target, cancellationToken),
                MayNotLock: false
            );
        }
        finally
        {
            await EndAsync(connection);
        }
    }

    private static Task<int> RunAsync(
        NpgsqlConnection connection,
        string statement,
        CancellationToken cancellationToken
    ) => connection.ExecuteAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));

    private static async Task<IReadOnlyList<VersionCount>> ReadAsync(
        NpgsqlConnection connection,
        TableTarget target,
        CancellationToken cancellationToken
    )
    {
        var tally = new VersionTally(target);
        await using var command = new NpgsqlCommand(
            $"SELECT {tally.Columns} FROM {target.Shape.Quoted} AS t {VersionTally.Grouping}",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            tally.Add(reader);
        return tally.Counts;
    }

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

/// <summary>
/// The counts; null where the lock could not be had, because the role may not take it, or because writers were always open.
/// </summary>
public sealed record QuietCounted(IReadOnlyList<VersionCount>? Counts, bool MayNotLock);
