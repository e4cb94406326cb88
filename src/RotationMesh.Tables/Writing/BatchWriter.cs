using System.Data;
using Npgsql;
using RotationMesh.Postgres;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Writes batches to one leaf table over one connection; each batch is a transaction of its own. With <paramref name="isTrial"/> it is
/// rolled back, and the outcome tells what the database would do.
/// </summary>
internal sealed class BatchWriter(
    NpgsqlConnection connection,
    MappedTable target,
    LeafTable leaf,
    int targetVersion,
    WriteTerm term,
    WriteClock clock,
    bool isTrial = false
)
{
    private readonly string write = target.Sql.Write(leaf);
    private readonly string writeUnlocked = target.Sql.WriteUnlocked(leaf);
    private readonly string isSame = $"SELECT {target.Sql.IsSame(leaf)}";
    private readonly RefusalCauses causes = new(connection, leaf);
    private readonly WriteProof? proof = target.Sql.IsProven ? new(connection, target, leaf, isTrial) : null;

    /// <summary>
    /// Once it is cancelled, a statement that failed is not followed by others for the same batch: each may take as long. Rows
    /// that were not written are neither counted nor refused.
    /// </summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>
    /// Writes the rows that are unchanged since they were read. The outcome has their number, and each row that the database
    /// refused. Throws <see cref="NpgsqlException"/> where the database or the statement fails as a whole,
    /// <see cref="TableChangedException"/> where the table has a first trigger now, or other columns by the same names, and
    /// <see cref="WriteTermEndedException"/> where the rotation may not write any more. Nothing of the batch is written then,
    /// except parts of a split batch that were written before.
    /// </summary>
    public async Task<BatchOutcome> WriteAsync(RowBatch batch, string? tenant)
    {
        try
        {
            return new BatchOutcome(await ExecuteAsync(write, batch, tenant), []);
        }
        catch (PostgresException fault) when (IsContention(fault))
        {
            return await WriteUnlockedAsync(batch, tenant);
        }
        catch (PostgresException fault) when (IsTooLong(fault) || IsRefusalOfRow(fault))
        {
            return await SplitAsync(batch, tenant, fault);
        }
        catch (AlteredRowException)
        {
            return await SplitAsync(batch, tenant, null);
        }
    }

    private async Task<BatchOutcome> WriteUnlockedAsync(RowBatch batch, string? tenant)
    {
        if (Stopping.IsCancellationRequested)
            return new BatchOutcome(0, [], MayBeHeld: true);
        try
        {
            return new BatchOutcome(await ExecuteAsync(writeUnlocked, batch, tenant), [], MayBeHeld: true);
        }
        catch (PostgresException fault) when (IsContention(fault))
        {
            return new BatchOutcome(0, [], MayBeHeld: true); // every row is a conflict and is read again
        }
        catch (PostgresException fault) when (IsTooLong(fault) || IsRefusalOfRow(fault))
        {
            return await SplitAsync(batch, tenant, fault);
        }
        catch (AlteredRowException)
        {
            return await SplitAsync(batch, tenant, null);
        }
    }

    // A row that a constraint or a trigger refuses rolls its whole batch back, and a batch may take longer than its statement
    // timeout. Halving finds the row, or a size that fits, in log2(n) steps. Without a fault, a trigger altered a row.
    private async Task<BatchOutcome> SplitAsync(RowBatch batch, string? tenant, PostgresException? fault)
    {
        if (Stopping.IsCancellationRequested)
            return new BatchOutcome(0, [], MayBeHeld: true);
        if (connection.State != ConnectionState.Open)
        {
            await connection.OpenAsync(); // the driver closes it after some codes, which a trigger may raise too
            await term.Place.EnsureAsync(connection, target.Entry.Database, CancellationToken.None);
            if (await clock.BeginAsync() <= TimeSpan.Zero)
                throw new WriteTermEndedException();
        }

        if (batch.Count == 1)
            return fault is not null && IsTooLong(fault)
                ? new BatchOutcome(0, [], MayBeHeld: true)
                : new BatchOutcome(0, [await RefusedAsync(batch, fault)]);
        var half = batch.Count / 2;
        var first = await WriteAsync(batch.Part(0, half), tenant);
        var second = Stopping.IsCancellationRequested
            ? new BatchOutcome(0, [], MayBeHeld: true)
            : await WriteAsync(batch.Part(half, batch.Count - half), tenant);
        return new BatchOutcome(
            first.Written + second.Written,
            [.. first.Refused, .. second.Refused],
            first.MayBeHeld || second.MayBeHeld
        );
    }

    private async Task<RowFailure> RefusedAsync(RowBatch batch, PostgresException? fault) =>
        RowCursor.Failure(target, batch, 0, RowError.DatabaseError) with
        {
            Cause = fault is null
                ? await causes.OfTriggersAsync("a trigger changes what is written")
                : await causes.OfAsync(fault),
        };

    private async Task<int> ExecuteAsync(string sql, RowBatch batch, string? tenant)
    {
        await using var commands = new NpgsqlBatch(connection);
        if (target.ByTenant)
            commands.BatchCommands.Add(TenantSetting.Command(target, tenant));
        var command = batch.Command(sql, targetVersion);
        WriteClock.Add(command.Parameters, term);
        commands.BatchCommands.Add(command);
        if (proof is null)
        {
            if (await ExecuteAsync(commands, command) is > 0 and var written)
                return written;
            return await NoneAsync();
        }

        var numbers = await proof.WriteAsync(commands, batch, targetVersion);
        if (numbers.Count == batch.Count)
            return numbers.Count;
        if (numbers.Count > 0)
            return await ExecuteAsync(sql, batch.Only(numbers.Select(number => number - 1)), tenant);
        return await NoneAsync();
    }

    private async Task<int> ExecuteAsync(NpgsqlBatch commands, NpgsqlBatchCommand write)
    {
        if (!isTrial)
            return await WrittenAsync(commands, write);
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await WrittenAsync(commands, write);
        await using var deferred = new NpgsqlCommand("SET CONSTRAINTS ALL IMMEDIATE", connection);
        await deferred.ExecuteNonQueryAsync();
        return written;
    }

    private static async Task<int> WrittenAsync(NpgsqlBatch commands, NpgsqlBatchCommand write)
    {
        await commands.PrepareAsync();
        await commands.ExecuteNonQueryAsync();
        return (int)write.RecordsAffected;
    }

    // Nothing was written: the other rows changed since they were read, if writing is allowed and the table is the same.
    private async Task<int> NoneAsync()
    {
        await clock.EnsureAsync();
        await using var look = new NpgsqlCommand(isSame, connection);
        return (bool)(await look.ExecuteScalarAsync())! ? 0 : throw new TableChangedException();
    }

    private static bool IsContention(PostgresException fault) =>
        fault.SqlState
            is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure
        && !IsRaised(fault);

    private static bool IsTooLong(PostgresException fault) =>
        fault.SqlState == PostgresErrorCodes.QueryCanceled && !IsRaised(fault);

    // Whatever a trigger or a function of the table raises is one, under any code. A failure of the server itself is none.
    private static bool IsRefusalOfRow(PostgresException fault) =>
        fault.RefusesRow()
        || (
            fault.SqlState == PostgresErrorCodes.InsufficientPrivilege
            && fault.Routine == "ExecWithCheckOptions"
        )
        || IsRaised(fault)
        || IsRaisedByFunction(fault);

    // The server's own routine for RAISE: whatever the code, the application refuses the row.
    private static bool IsRaised(PostgresException fault) => fault.Routine == "exec_stmt_raise";

    // The server's context names a function only where the error came from inside one. Whether the driver calls a code
    // transient does not matter: triggers that guard a state raise 55000, and will raise it again.
    private static bool IsRaisedByFunction(PostgresException fault) =>
        !string.IsNullOrEmpty(fault.Where) && !fault.IsOfServerInFunction();
}

/// <summary>
/// The number of written rows of a batch, and the rows that the database refused for good. Where <paramref name="MayBeHeld"/>
/// is false, none of the other rows was skipped because somebody had it locked.
/// </summary>
internal sealed record BatchOutcome(int Written, IReadOnlyList<RowFailure> Refused, bool MayBeHeld = false);
