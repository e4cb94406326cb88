using Npgsql;
using NpgsqlTypes;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres.Target.Schema;

/// <summary>
/// Lets the database judge the very statements of a rotation, without running them: EXPLAIN checks names, types and
/// privileges, on every leaf.
/// </summary>
internal sealed class StatementCheck(
    NpgsqlConnection connection,
    TableEntry entry,
    TableShape shape,
    Action<string, string> fault
)
{
    public async Task RunAsync(bool forWriting)
    {
        var sql = new TableSql(entry, shape);
        if (
            entry.External is not null
            && !await ExplainAsync($"SELECT {sql.External} FROM {shape.Quoted} AS t", [], ExternalFault)
        )
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
        IEnumerable<NpgsqlDbType> parameters,
        Action<PostgresException> report
    )
    {
        await using var command = new NpgsqlCommand($"EXPLAIN {statement}", connection);
        foreach (var type in parameters)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value });
        try
        {
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (PostgresException refusal)
        {
            report(refusal);
            return false;
        }
    }

    private IEnumerable<NpgsqlDbType> WriteParameters() =>
        [
            NpgsqlDbType.Integer,
            NpgsqlDbType.Array | NpgsqlDbType.Tid,
            NpgsqlDbType.Array | NpgsqlDbType.Xid,
            .. entry.Key.Select(_ => NpgsqlDbType.Array | NpgsqlDbType.Text),
            .. shape.Columns.Select(column =>
                NpgsqlDbType.Array | (column.Base == "bytea" ? NpgsqlDbType.Bytea : NpgsqlDbType.Text)
            ),
        ];

    private void ExternalFault(PostgresException refusal) =>
        fault(
            $"the predicate `external` is refused: {refusal.MessageText}",
            $"correct the map (line {entry.Line})"
        );

    private void LeafFault(LeafTable leaf, string privileges, PostgresException refusal) =>
        fault(
            $"a statement of the rotation is refused on {leaf.Quoted}: {refusal.MessageText}",
            refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege
                ? $"GRANT {privileges} ON {leaf.Quoted} TO the role"
                : $"correct the table or the map (line {entry.Line})"
        );
}
