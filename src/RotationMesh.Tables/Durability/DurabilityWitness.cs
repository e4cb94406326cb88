using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables.Durability;

/// <summary>
/// Makes what a count saw durable. It holds a transaction open from before the count until after it. If the server
/// crashes in between and loses counted commits, that is noticed, because no session outlives a crash.
/// </summary>
public sealed class DurabilityWitness : IAsyncDisposable
{
    /// <summary>
    /// Longest wait for the disk, and for the standbys that a commit waits for. The application's commits hang as long, so
    /// an operator should hear of it.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // The open transaction holds no snapshot, so it does not hold back vacuum.
    private const string Begin = "BEGIN TRANSACTION";

    // A role that waits until standbys have applied a commit keeps that setting; any other gets 'on'.
    private const string Synchronous = """
        SELECT pg_catalog.set_config('synchronous_commit',
            CASE WHEN s.reset_val OPERATOR(pg_catalog.=) 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)
        FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'synchronous_commit'
        """;

    private const string Position = "SELECT pg_catalog.pg_current_wal_insert_lsn()::pg_catalog.text";

    // A commit flushes earlier log records only if its own transaction has written to the log; a transaction id is not enough.
    private const string Log = """
        SELECT pg_catalog.pg_logical_emit_message(true, 'rotationmesh', ''::pg_catalog.text)::pg_catalog.text
        """;

    private const string IsFlushed = """
        SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_flush_lsn(), @position::pg_catalog.pg_lsn) OPERATOR(pg_catalog.>=) 0
        """;

    private readonly NpgsqlConnection connection;
    private readonly string database;

    private DurabilityWitness(NpgsqlConnection connection, string database) =>
        (this.connection, this.database) = (connection, database);

    /// <summary>Begins to watch over a database of the map.</summary>
    public static async Task<DurabilityWitness> OpenAsync(
        ApplicationDatabases databases,
        string database,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        var connection = await databases.OpenToHoldAsync(database, cancellationToken);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(Begin, cancellationToken: cancellationToken));
            return new DurabilityWitness(connection, database);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Returns once every earlier commit is on this server's disk and, where <c>synchronous_standby_names</c> is set, on
    /// those of its quorum. Throws <see cref="DurabilityException"/> or the database's own fault where that is not certain.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            await connection.ExecuteAsync(new CommandDefinition(Synchronous, cancellationToken: limit.Token));
            var position = await connection.ExecuteScalarAsync<string>(
                new CommandDefinition(Position, cancellationToken: limit.Token)
            );
            await connection.ExecuteAsync(new CommandDefinition(Log, cancellationToken: limit.Token));
            await connection.ExecuteAsync(new CommandDefinition("COMMIT", cancellationToken: limit.Token));
            // A cancelled wait for standbys ends as if it had succeeded.
            limit.Token.ThrowIfCancellationRequested();
            if (
                !await connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition(IsFlushed, new { position }, cancellationToken: limit.Token)
                )
            )
                throw new DurabilityException(
                    $"database {database} did not write its log to disk at a commit"
                );
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DurabilityException(
                $"database {database} {Reasons.NotDurable} {Longest.TotalSeconds:0} s: does it wait for "
                    + "a standby of synchronous_standby_names?",
                fault
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The pool does not reset connections: an open transaction must not reach the connection's next user.
        try
        {
            await connection.ExecuteAsync("ROLLBACK");
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or IOException)
        {
            // The connection is broken, and the transaction gone with it.
        }

        await connection.DisposeAsync();
    }
}

/// <summary>Thrown where what was counted may not be on disk, so that the count proves nothing.</summary>
public sealed class DurabilityException(string message, Exception? inner = null)
    : IOException(message, inner);
