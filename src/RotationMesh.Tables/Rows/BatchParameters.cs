using Npgsql;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Rows;

/// <summary>A batch as the parameters that <see cref="TableSql.Write"/> names: target version, places, witnesses, keys, values.</summary>
internal static class BatchParameters
{
    /// <summary>The command with the batch's parameters.</summary>
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

    /// <summary>One array parameter.</summary>
    public static NpgsqlParameter<List<T>> Array<T>(string type, List<T> values) =>
        new() { DataTypeName = type, TypedValue = values };
}
