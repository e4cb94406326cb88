using Npgsql;
using RotationMesh.Postgres.Target.Schema;

namespace RotationMesh.Postgres.Target.Rows;

/// <summary>Writes batches to one leaf table over one connection; each batch is a transaction of its own.</summary>
internal sealed class BatchWriter(
    NpgsqlConnection connection,
    TableTarget target,
    LeafTable leaf,
    int targetVersion
)
{
    private readonly string write = target.Sql.Write(leaf);
    private readonly string writeUnlocked = target.Sql.WriteUnlocked(leaf);

    /// <summary>
    /// Writes the rows that are unchanged since they were read; the outcome has their number, and the rows that the
    /// database refused one by one. Throws <see cref="NpgsqlException"/> when the database or the statement fails as a
    /// whole; nothing of the batch is written then.
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
    }

    private async Task<BatchOutcome> WriteUnlockedAsync(RowBatch batch, string? tenant)
    {
        try
        {
            return new BatchOutcome(await ExecuteAsync(writeUnlocked, batch, tenant), []);
        }
        catch (PostgresException fault) when (IsContention(fault))
        {
            return new BatchOutcome(0, []); // every row is a conflict to come back to
        }
        catch (PostgresException fault) when (IsTooLong(fault) || IsRefusalOfRow(fault))
        {
            return await SplitAsync(batch, tenant, fault);
        }
    }

    // One row that a constraint or a trigger refuses takes its batch back, and a batch may be too large for the time that
    // it has: halves find the row, or the size that fits, in log2(n) steps.
    private async Task<BatchOutcome> SplitAsync(RowBatch batch, string? tenant, PostgresException fault)
    {
        if (batch.Count == 1)
            return IsTooLong(fault)
                ? new BatchOutcome(0, [])
                : new BatchOutcome(0, [RowCursor.Failure(target, batch, 0, RowError.DatabaseError)]);
        var half = batch.Count / 2;
        var first = await WriteAsync(batch.Part(target, 0, half), tenant);
        var second = await WriteAsync(batch.Part(target, half, batch.Count - half), tenant);
        return new BatchOutcome(first.Written + second.Written, [.. first.Refused, .. second.Refused]);
    }

    private async Task<int> ExecuteAsync(string sql, RowBatch batch, string? tenant)
    {
        await using var commands = new NpgsqlBatch(connection);
        if (target.ByTenant)
            commands.BatchCommands.Add(TenantSetting.Command(target, tenant));
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = targetVersion });
        command.Parameters.Add(Array("text[]", batch.Places));
        command.Parameters.Add(Array("xid[]", batch.Witnesses));
        foreach (var key in batch.Keys)
            command.Parameters.Add(Array("text[]", key));
        for (var i = 0; i < batch.Values.Count; i++)
            command.Parameters.Add(Array(target.Sql.ValueArray(i), batch.Values[i]));
        commands.BatchCommands.Add(command);
        await commands.PrepareAsync();
        await commands.ExecuteNonQueryAsync();
        return (int)command.RecordsAffected;
    }

    private static NpgsqlParameter<List<T>> Array<T>(string type, List<T> values) =>
        new() { DataTypeName = type, TypedValue = values };

    private static bool IsContention(PostgresException fault) =>
        fault.SqlState
            is PostgresErrorCodes.LockNotAvailable
                or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure;

    private static bool IsTooLong(PostgresException fault) =>
        fault.SqlState == PostgresErrorCodes.QueryCanceled;

    // Data exceptions, integrity constraints, limits such as the size of an index entry, check options; and whatever a
    // trigger or a function of the table raises, under any code. That the server itself gives up is nobody's row.
    private static bool IsRefusalOfRow(PostgresException fault) =>
        fault.SqlState[..2] is "22" or "23" or "44" or "P0" or "09" or "27" or "54"
        || (
            fault.SqlState == PostgresErrorCodes.InsufficientPrivilege
            && fault.Routine == "ExecWithCheckOptions"
        )
        || IsRaisedByFunction(fault);

    // The server's context names a function only where the error came from inside one. What the driver calls transient
    // does not count here: 55000 is what triggers that guard a state raise, and will raise again.
    private static bool IsRaisedByFunction(PostgresException fault) =>
        !string.IsNullOrEmpty(fault.Where)
        && fault.SqlState[..2] is not ("08" or "40" or "53" or "57" or "58" or "F0" or "XX");
}

/// <summary>Rows of a batch that were written, and those that the database refused for good.</summary>
internal sealed record BatchOutcome(int Written, IReadOnlyList<RowFailure> Refused);
