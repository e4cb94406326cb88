using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Schema;

/// <summary>
/// Has the database check the statements of a rotation without running them: EXPLAIN checks names, types and privileges on
/// every leaf.
/// </summary>
internal sealed class StatementCheck(
    NpgsqlConnection connection,
    TableEntry entry,
    TableShape shape,
    Action<string, string> fault,
    CancellationToken cancellationToken
)
{
    private readonly TableSql sql = new(entry, shape);

    public async Task RunAsync(bool forWriting)
    {
        if (
            entry.External is not null
            && !await ExplainAsync($"SELECT {sql.Elsewhere} FROM {shape.From} AS t", [], ExternalFault)
        )
            return;
        if (shape.RowSecurityActive && !await TrySettingAsync())
            return;
        foreach (var leaf in shape.Leaves)
        {
            var read = $"SELECT {sql.RowColumns} FROM ONLY {leaf.Quoted} AS t";
            if (!await ExplainAsync(read, [], refusal => LeafFault(leaf, "SELECT", refusal)))
                return;
            if (!forWriting)
                continue;
            if (
                !await ExplainAsync(
                    sql.Write(leaf),
                    WriteParameters(),
                    refusal => LeafFault(leaf, "SELECT, UPDATE", refusal)
                )
            )
                return;
        }
    }

    private async Task<bool> ExplainAsync(
        string statement,
        IEnumerable<string> parameters,
        Action<PostgresException> report
    )
    {
        // A batch command is sent as one statement. It is never split at a semicolon in the map's predicate.
        await using var batch = new NpgsqlBatch(connection);
        var command = new NpgsqlBatchCommand($"EXPLAIN {statement}");
        batch.BatchCommands.Add(command);
        foreach (var type in parameters)
            command.Parameters.Add(new NpgsqlParameter { DataTypeName = type, Value = DBNull.Value });
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException refusal)
            when (shape.RowSecurityActive && refusal.IsOf(SqlClass.DataException))
        {
            return true; // policies that cast the setting, which no tenant is in yet: their reading is another check's
        }
        catch (PostgresException refusal) when (refusal.SqlState != PostgresErrorCodes.LockNotAvailable)
        {
            report(refusal);
            return false;
        }
    }

    // EXPLAIN would not run it.
    private async Task<bool> TrySettingAsync()
    {
        await using var command = new NpgsqlCommand("SELECT pg_catalog.set_config($1, '', true)", connection);
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = entry.RowLevelSecurity?.Setting ?? "" }
        );
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException refusal)
        {
            fault(
                $"its setting in rowLevelSecurity can't be set (SQLSTATE {refusal.SqlState})",
                $"correct the map (line {entry.Line}): name the setting that the policies read, such as app.current_tenant_id"
            );
            return false;
        }
    }

    private IEnumerable<string> WriteParameters() =>
        [
            "integer",
            "text[]",
            "xid[]",
            .. entry.Key.Select(_ => "text[]"),
            .. shape.Columns.Select((_, i) => sql.ValueArray(i)),
            "bigint",
            "timestamptz",
            "integer",
        ];

    private void ExternalFault(PostgresException refusal) =>
        fault(
            entry.HasSqlFromVariable
                ? $"the predicate `external` is refused (SQLSTATE {refusal.SqlState})"
                : $"the predicate `external` is refused: {refusal.MessageText}",
            $"correct the map (line {entry.Line})"
        );

    private void LeafFault(LeafTable leaf, string privileges, PostgresException refusal) =>
        fault(
            $"a statement of the rotation is refused on {leaf.Quoted}: {refusal.MessageText}{PublishedRows.Why(refusal)}",
            refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege
                    ? $"GRANT {privileges} ON {leaf.Quoted} TO the role"
                : PublishedRows.IsRefusal(refusal) ? PublishedRows.Fix(leaf.Quoted)
                : $"correct the table or the map (line {entry.Line})"
        );
}
