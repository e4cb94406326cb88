using System.Reflection;
using Dapper;
using DbUp;
using DbUp.Engine.Output;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Control;

/// <summary>The control database: schema <c>rotationmesh</c> with rotations and the rows that failed.</summary>
public sealed class ControlDatabase : IAsyncDisposable
{
    private const string Schema = "rotationmesh";
    private const string Journal = "schema_versions";

    /// <summary>Serializes migrations of programs that start at once; any number that nobody else uses.</summary>
    private const long MigrationLock = 0x526F746D65736800;

    private const string Missing =
        $"the role may not create the schema {Schema} that keeps rotations and failures: run CREATE SCHEMA {Schema} "
        + "AUTHORIZATION <role>; or name another database with control: in the map";

    /// <summary>Opens the database of a connection string in Npgsql keywords; nothing is contacted yet.</summary>
    public ControlDatabase(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName ??= "rotationmesh";
        builder.ConnectionStringBuilder.CommandTimeout = 0; // a ledger of a million partitions takes its time
        builder.ConnectionStringBuilder.NoResetOnClose = true; // it would take the settings back
        builder.ConnectionStringBuilder.TcpKeepAlive = true; // without a limit in time, a lost server must be noticed
        SessionSettings.ApplyTo(builder, SessionSettings.Unlimited + SessionSettings.ReadCommitted);
        Source = builder.Build();
        DefaultTypeMap.MatchNamesWithUnderscores = true;
    }

    /// <summary>Connections to the control database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Whether the schema exists, that is, whether a rotation ever ran.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                $"SELECT to_regclass('{Schema}.rotations') IS NOT NULL",
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Whether the schema has a table: an older version of the program may have left it without.</summary>
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
    /// Why the schema could not be created or worked with, without trying; null where it is there or can be.
    /// </summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        var possible = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                $"SELECT to_regnamespace('{Schema}') IS NOT NULL OR has_database_privilege(current_database(), 'CREATE')",
                cancellationToken: cancellationToken
            )
        );
        return possible ? await new DroppedTables(Source).FindAuditLogAsync(cancellationToken) : Missing;
    }

    /// <summary>
    /// Creates or upgrades the schema. Throws <see cref="UsageException"/> with the statement to run where the role may
    /// not create it, and where a table of it was dropped.
    /// </summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var guard = await Source.OpenConnectionAsync(cancellationToken);
        await guard.ExecuteAsync(
            new CommandDefinition(
                "SELECT pg_advisory_lock(@key)",
                new { key = MigrationLock },
                cancellationToken: cancellationToken
            )
        );
        try
        {
            await CreateSchemaAsync(guard, cancellationToken);
            var result = DeployChanges
                .To.PostgresqlDatabase(new DbUp.Postgresql.PostgresqlConnectionManager(Source))
                .WithScriptsEmbeddedInAssembly(
                    Assembly.GetExecutingAssembly(),
                    name => name.Contains(".Control.Migrations.", StringComparison.Ordinal)
                )
                .JournalToPostgresqlTable(Schema, Journal)
                .WithTransactionPerScript()
                .LogTo(new NoOpUpgradeLog())
                .Build()
                .PerformUpgrade();
            if (!result.Successful)
                throw Refused(result.Error);
            if (await new DroppedTables(Source).FindAsync(cancellationToken) is { } dropped)
                throw new UsageException(dropped);
        }
        finally
        {
            await guard.ExecuteAsync("SELECT pg_advisory_unlock(@key)", new { key = MigrationLock });
        }
    }

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
                throw Refused(fault);
        }
    }

    private static Exception Refused(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }
            ? new UsageException(Missing, fault)
            : new InvalidOperationException("the control schema could not be upgraded", fault);
}
