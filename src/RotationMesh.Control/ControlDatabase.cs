using System.Reflection;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;
using RotationMesh.Control.Schema;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Control;

/// <summary>The control database: schema <c>rotationmesh</c> with rotations and the rows that failed.</summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    private const string Schema = "rotationmesh";

    /// <summary>
    /// Largest pool: twice what the consumers of a coordinator use at once. Where all are in use, callers wait.
    /// </summary>
    private const int MostConnections = 40;

    /// <summary>Advisory lock that serializes migrations of programs that start at once; an arbitrary key.</summary>
    private const long MigrationLock = 0x526F746D65736800;

    /// <summary>Opens the database of a connection string in Npgsql keywords; nothing is contacted yet.</summary>
    public ControlDatabase(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "rotationmesh";
        builder.ConnectionStringBuilder.CommandTimeout = 0; // a ledger of a million partitions takes its time
        builder.ConnectionStringBuilder.MaxPoolSize = Math.Min(
            builder.ConnectionStringBuilder.MaxPoolSize,
            MostConnections
        );
        builder.ConnectionStringBuilder.MinPoolSize = 0;
        builder.ConnectionStringBuilder.NoResetOnClose = true; // a reset would undo the settings
        LostServers.ApplyTo(builder.ConnectionStringBuilder);
        SessionSettings.ApplyTo(
            builder,
            new PoolerCheck("the control database", connectionString),
            SessionSettings.NoSchemas
                + SessionSettings.Unlimited
                + SessionSettings.ReadCommitted
                + SessionSettings.Synchronous
        );
        Source = builder.Build();
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Connections to the control database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>
    /// Whether the schema exists in a form that this program can use as it is. <see cref="MigrateAsync"/> upgrades a
    /// schema of an earlier release, and throws the reason where a schema can't be used.
    /// </summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        var state = await ControlSchemaState.ReadAsync(connection, cancellationToken);
        return state.Relations.ContainsKey("rotations")
            && !state.Pending.Any()
            && new ControlSchemaFaults(state).Find() is null;
    }

    /// <summary>Whether the schema has a table. A schema of an older release may lack it.</summary>
    public async Task<bool> HasAsync(string table, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "SELECT to_regclass(@name) IS NOT NULL",
                new { name = $"{Schema}.{table}" },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The time by the database's clock.</summary>
    public async Task<DateTime> NowAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<DateTime>(
            new CommandDefinition("SELECT now()", cancellationToken: cancellationToken)
        );
    }

    /// <summary>
    /// Whether there is a table of rotations. Throws <see cref="RecordsMissingException"/> where a table of the schema
    /// was dropped, and <see cref="UsageException"/> with the fix where the role may not read them, or a later version of
    /// the program wrote them.
    /// </summary>
    public async Task<bool> HasRecordsAsync(CancellationToken cancellationToken) =>
        (await ReadRecordsAsync(cancellationToken)).Relations.ContainsKey("rotations");

    /// <summary>
    /// Does what <see cref="HasRecordsAsync"/> does, for readers of what only this release writes. Throws
    /// <see cref="UsageException"/> also where an earlier release made the schema and nothing has upgraded it yet.
    /// </summary>
    public async Task<bool> HasCurrentRecordsAsync(CancellationToken cancellationToken)
    {
        var state = await ReadRecordsAsync(cancellationToken);
        if (!state.Relations.ContainsKey("rotations"))
            return false;
        if (state.Pending.Any())
            throw new UsageException(ControlSchemaFaults.Earlier);
        return true;
    }

    /// <summary>
    /// Why the schema can't be created or used, found without trying; null where it can.
    /// </summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        var state = await ControlSchemaState.ReadAsync(connection, cancellationToken);
        return state.ReadOnly ? DatabaseFaults.ReadOnly : new ControlSchemaFaults(state).Find();
    }

    /// <summary>
    /// Creates or upgrades the schema. Throws <see cref="UsageException"/> with the fix where the role lacks a right to it,
    /// where a table, a column or the journal of it was dropped, and where a later version of the program made it.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var guard = await Source.OpenConnectionAsync(cancellationToken);
        Task<DatabaseUpgradeResult>? upgrade = null;
        try
        {
            await guard.ExecuteAsync(
                new CommandDefinition(
                    "SELECT pg_advisory_lock(@key)",
                    new { key = MigrationLock },
                    cancellationToken: cancellationToken
                )
            );
            await EnsureFitAsync(guard, cancellationToken);
            await CreateSchemaAsync(guard, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested(); // a cancelled wait for standbys ends like a success
            upgrade = Task.Run(Upgrade, CancellationToken.None);
            var result = await upgrade.WaitAsync(cancellationToken);
            if (!result.Successful)
                throw Refused(result);
            await EnsureFitAsync(guard, cancellationToken);
        }
        finally
        {
            // A cancelled upgrade may still run, in a commit that waits for a standby: it keeps the lock until it ends.
            if (upgrade is null or { IsCompleted: true })
                await ReleaseAsync(guard);
            else
                _ = upgrade.ContinueWith(_ => ReleaseAsync(guard), TaskScheduler.Default);
        }
    }

    // The pool does not reset sessions: a session returned to it would keep the lock.
    private static async Task ReleaseAsync(NpgsqlConnection guard)
    {
        await using (guard)
            try
            {
                await guard.ExecuteAsync("SELECT pg_advisory_unlock(@key)", new { key = MigrationLock });
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                await SessionEnd.EndAsync(guard);
            }
    }

    // Synchronous throughout, and without a cancellation token.
    private DatabaseUpgradeResult Upgrade() =>
        DeployChanges
            .To.PostgresqlDatabase(new DbUp.Postgresql.PostgresqlConnectionManager(Source))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), MigrationScripts.IsOne)
            .JournalToPostgresqlTable(Schema, ControlSchemaState.Journal)
            .WithTransactionPerScript()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static async Task CreateSchemaAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    $"CREATE SCHEMA IF NOT EXISTS {Schema}",
                    cancellationToken: cancellationToken
                )
            );
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // CREATE SCHEMA IF NOT EXISTS asks for the privilege even where the schema exists.
            if (!await connection.ExecuteScalarAsync<bool>($"SELECT to_regnamespace('{Schema}') IS NOT NULL"))
                throw new UsageException(ControlSchemaFaults.Missing, fault);
        }
    }

    private async Task<ControlSchemaState> ReadRecordsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        var state = await ControlSchemaState.ReadAsync(connection, cancellationToken);
        var faults = new ControlSchemaFaults(state);
        if (faults.FindForReading() is { } fault)
            throw new UsageException(fault);
        return faults.Dropped() is { } dropped ? throw new RecordsMissingException(dropped) : state;
    }

    private static async Task EnsureFitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var state = await ControlSchemaState.ReadAsync(connection, cancellationToken);
        if (new ControlSchemaFaults(state).Find() is { } fault)
            throw new UsageException(fault);
    }

    // Classes 42 and 2B report objects that exist or are missing, and their owners; other failures may be transient.
    private static Exception Refused(DatabaseUpgradeResult result)
    {
        var migration = result.ErrorScript is { } script
            ? $"migration {MigrationScripts.Short(script.Name)}"
            : "it";
        return result.Error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } fault =>
                new UsageException(
                    $"the control schema could not be upgraded: {migration}: {DatabaseFaults.Describe(fault)}: run it once "
                        + "with the role that owns the schema rotationmesh and its tables",
                    fault
                ),
            PostgresException { SqlState: ['4', '2', ..] or ['2', 'B', ..] } fault => new UsageException(
                $"the control schema could not be upgraded: {migration}: {DatabaseFaults.Describe(fault)}: "
                    + ControlSchemaFaults.StartAnew,
                fault
            ),
            NpgsqlException fault => fault,
            var fault => new InvalidOperationException(
                $"the control schema could not be upgraded: {migration}: {DatabaseFaults.Describe(fault)}",
                fault
            ),
        };
    }
}
