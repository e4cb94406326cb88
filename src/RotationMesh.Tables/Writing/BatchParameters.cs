using Npgsql;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writing;

/// <summary>
/// Turns a batch into the parameters of <see cref="TableSql.Write"/>: target version, ctids, xmins, keys and values.
/// </summary>
internal static class BatchParameters
{
    /// <summary>Makes a command with the batch's parameters.</summary>
    public static NpgsqlBatchCommand Command(
        string sql,
        MappedTable target,
        RowBatch batch,
        int targetVersion
    )
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = targetVersion });
        command.Parameters.Add(Array("text[]", batch.Ctids));
        command.Parameters.Add(Array("xid[]", batch.Xmins));
        foreach (var key in batch.Keys)
            command.Parameters.Add(Array("text[]", key));
        for (var i = 0; i < batch.Values.Count; i++)
            command.Parameters.Add(Array(target.Sql.ValueArray(i), batch.Values[i]));
        return command;
    }

    /// <summary>Makes an array parameter.</summary>
    public static NpgsqlParameter<List<T>> Array<T>(string type, List<T> values) =>
        new() { DataTypeName = type, TypedValue = values };
}
