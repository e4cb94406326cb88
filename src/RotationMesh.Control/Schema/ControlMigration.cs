using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;
using RotationMesh.Control.Queries;
using RotationMesh.Core;
using RotationMesh.Postgres;

namespace RotationMesh.Control.Schema;

/// <summary>Creates the control schema, or upgrades it to this release.</summary>
internal sealed class ControlMigration(ControlQueries control)
{
    /// <summary>Advisory lock that serializes migrations of programs that start at once; an arbitrary key.</summary>
    private const long MigrationLock = 0x526F746D65736800;

    /// <summary>
    /// Creates or upgrades the schema. Throws <see cref="UsageException"/> with the fix where the role lacks a right to it,
    /// where a table, a column or the journal of it was dropped, and where a later version of the program made it.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var guard = await control.Source.OpenConnectionAsync(cancellationToken);
        Task<DatabaseUpgradeResult>? upgrade = null;
        try
        {
            await guard.ExecuteAsync(
                "SELECT pg_advisory_lock(@key)",
                new { key = MigrationLock },
                cancellationToken
            );
            var found = await FindFitAsync(guard, cancellationToken);
            await CreateSchemaAsync(guard, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested(); // a cancelled wait for standbys ends like a success
            if (ControlCreation.IsFor(found))
                await CreateTablesAsync(guard, cancellationToken);
            else
                await UpgradeAsync(started => upgrade = started, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            await FindFitAsync(guard, cancellationToken);
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
                await guard.ExecuteAsync(
                    "SELECT pg_advisory_unlock(@key)",
                    new { key = MigrationLock },
                    CancellationToken.None
                );
            }
            catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
            {
                await SessionEnd.EndAsync(guard);
            }
    }

    private static async Task CreateTablesAsync(NpgsqlConnection guard, CancellationToken cancellationToken)
    {
        try
        {
            await ControlCreation.RunAsync(guard, cancellationToken);
        }
        catch (PostgresException fault) when (fault.SqlState != PostgresErrorCodes.QueryCanceled)
        {
            throw Refused("created", fault);
        }
    }

    private async Task UpgradeAsync(
        Action<Task<DatabaseUpgradeResult>> starting,
        CancellationToken cancellationToken
    )
    {
        DatabaseUpgradeResult result;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var upgrade = Task.Run(Upgrade, CancellationToken.None);
            starting(upgrade);
            result = await upgrade.WaitAsync(cancellationToken);
        } while (result.Error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable });
        if (!result.Successful)
            throw Refused(
                $"upgraded: {(result.ErrorScript is { } script ? $"migration {MigrationScripts.Short(script.Name)}" : "it")}",
                result.Error
            );
    }

    // Synchronous throughout, and without a cancellation token.
    private DatabaseUpgradeResult Upgrade() =>
        DeployChanges
            .To.PostgresqlDatabase(new DbUp.Postgresql.PostgresqlConnectionManager(control.Source))
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), MigrationScripts.IsOne)
            .JournalToPostgresqlTable(ControlSchemaState.Schema, ControlSchemaState.Journal)
            .WithTransactionPerScript()
            .WithPreprocessor(new LockLimit())
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();

    // Whoever reads a table, be it a dump for hours, keeps a migration waiting, and all that come after wait behind it. So it lets
    // them pass, and asks anew.
    private sealed class LockLimit : IScriptPreprocessor
    {
        public string Process(string contents) => $"SET LOCAL lock_timeout = '5s';\n{contents}";
    }

    private static async Task CreateSchemaAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await connection.ExecuteAsync(
                $"CREATE SCHEMA IF NOT EXISTS {ControlSchemaState.Schema}",
                null,
                cancellationToken
            );
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            // CREATE SCHEMA IF NOT EXISTS asks for the privilege even where the schema exists.
            if (
                !await connection.ScalarAsync<bool>(
                    $"SELECT to_regnamespace('{ControlSchemaState.Schema}') IS NOT NULL",
                    null,
                    CancellationToken.None
                )
            )
                throw new UsageException(ControlSchemaFaults.Missing, fault);
        }
    }

    private static async Task<ControlSchemaState> FindFitAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var state = await ControlSchemaState.ReadAsync(connection, cancellationToken);
        return new ControlSchemaFaults(state).Find() is { } fault ? throw new UsageException(fault) : state;
    }

    // Failures that don't come from the schema's objects may be transient.
    private static Exception Refused(string what, Exception error) =>
        error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } fault =>
                new UsageException(
                    $"the control schema could not be {what}: {DatabaseFaults.Describe(fault)}: run it once "
                        + "with the role that owns the schema rotationmesh and its tables",
                    fault
                ),
            PostgresException fault when fault.IsOfObjects() => new UsageException(
                $"the control schema could not be {what}: {DatabaseFaults.Describe(fault)}: "
                    + ControlSchemaFaults.StartAnew,
                fault
            ),
            NpgsqlException fault => fault,
            var fault => new InvalidOperationException(
                $"the control schema could not be {what}: {DatabaseFaults.Describe(fault)}",
                fault
            ),
        };
}
