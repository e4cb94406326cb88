using Npgsql;
using RotationMesh.Control.Queries;
using RotationMesh.Control.Schema;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Pooling;

namespace RotationMesh.Control;

/// <summary>The control database: schema <c>rotationmesh</c> with rotations and the rows that failed.</summary>
public sealed class ControlDatabase : ControlQueries, IAsyncDisposable
{
    /// <summary>
    /// Largest pool: twice what the consumers of a coordinator use at once. Where all are in use, callers wait.
    /// </summary>
    private const int MostConnections = 40;

    // Ends the transaction of a frozen process, and with it the locks that others wait for: rotations stand still so long.
    private const string FrozenLimit = "SET idle_in_transaction_session_timeout = '30s'; ";

    /// <summary>
    /// Opens the database of a connection string in Npgsql keywords; nothing is contacted yet. With
    /// <paramref name="primaryOnly"/> a connection to a standby is a fault: what was recorded last may be missing there.
    /// </summary>
    public ControlDatabase(string connectionString, bool primaryOnly = false)
        : base(Open(connectionString, primaryOnly)) { }

    /// <summary>
    /// Whether the schema exists in a form that this program can use as it is. <see cref="MigrateAsync"/> upgrades a
    /// schema of an earlier release, and throws the reason where a schema can't be used.
    /// </summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        return IsCurrent(await ControlSchemaState.ReadAsync(this, cancellationToken));
    }

    /// <summary>Whether the schema has a table. A schema of an older release may lack it.</summary>
    public Task<bool> HasAsync(string table, CancellationToken cancellationToken) =>
        ScalarAsync<bool>(
            "SELECT to_regclass(@name) IS NOT NULL",
            new { name = $"{ControlSchemaState.Schema}.{table}" },
            cancellationToken
        );

    /// <summary>The time by the database's clock.</summary>
    public Task<DateTime> NowAsync(CancellationToken cancellationToken) =>
        ScalarAsync<DateTime>("SELECT now()", null, cancellationToken);

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
        var state = await ControlSchemaState.ReadAsync(this, cancellationToken);
        return state.ReadOnly ? DatabaseFaults.ReadOnly : new ControlSchemaFaults(state).Find();
    }

    /// <summary>
    /// Creates or upgrades the schema. Throws <see cref="UsageException"/> with the fix where the role lacks a right to it,
    /// where a table, a column or the journal of it was dropped, and where a later version of the program made it.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // Nobody waits for a migration that is under way elsewhere, or for whoever froze in one, where nothing is to be done.
        var state = await ControlSchemaState.ReadAsync(this, cancellationToken);
        if (state.ReadOnly || !IsCurrent(state))
            await new ControlMigration(this).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static bool IsCurrent(ControlSchemaState state) =>
        state.Relations.ContainsKey("rotations")
        && !state.Pending.Any()
        && new ControlSchemaFaults(state).Find() is null;

    private async Task<ControlSchemaState> ReadRecordsAsync(CancellationToken cancellationToken)
    {
        var state = await ControlSchemaState.ReadAsync(this, cancellationToken);
        var faults = new ControlSchemaFaults(state);
        if (faults.FindForReading() is { } fault)
            throw new UsageException(fault);
        return faults.Dropped() is { } dropped ? throw new RecordsMissingException(dropped) : state;
    }

    private static NpgsqlDataSource Open(string connectionString, bool primaryOnly)
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
                + FrozenLimit
                + SessionSettings.ReadCommitted
                + SessionSettings.Synchronous,
            primaryOnly
        );
        return builder.Build();
    }
}
