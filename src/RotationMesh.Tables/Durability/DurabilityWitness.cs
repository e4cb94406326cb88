using Dapper;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables.Durability;

/// <summary>
/// Makes what a count saw durable. It holds a transaction from before the count to after it, so that a server which
/// crashed in between, and took back what was counted, is noticed: no session outlives that.
/// </summary>
public sealed class DurabilityWitness : IAsyncDisposable
{
    /// <summary>
    /// Longest wait for the disk, and for the standbys that a commit waits for: an application's commits hang as long, so
    /// something is wrong that an operator should hear of.
    /// </summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // Nothing is read under a snapshot, so the open transaction holds back no vacuum.
    private const string Begin = "BEGIN TRANSACTION";

    // A role that waits until standbys have applied goes on doing so.
    private const string Synchronous = """
        SELECT pg_catalog.set_config('synchronous_commit',
            CASE WHEN s.reset_val OPERATOR(pg_catalog.=) 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true)
        FROM pg_catalog.pg_settings s WHERE s.name OPERATOR(pg_catalog.=) 'synchronous_commit'
        """;

    private const string Position = "SELECT pg_catalog.pg_current_wal_insert_lsn()::pg_catalog.text";

    // A commit flushes what was logged before it only if its own transaction has logged something: an id is not enough.
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
    /// Returns when every commit of before is on the disk of this server, and where <c>synchronous_standby_names</c> is
    /// set on those of its quorum. Throws where that can't be said.
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
            // A wait for standbys that is called off ends as if it had been successful.
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
        // The pool resets nothing: a transaction that was not ended must not reach whoever comes next.
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

/// <summary>What was counted may not be on disk, so nothing may be said of it.</summary>
public sealed class DurabilityException(string message, Exception? inner = null)
    : IOException(message, inner);
