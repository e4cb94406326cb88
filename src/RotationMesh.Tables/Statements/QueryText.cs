using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RotationMesh.Tables.Statements;

/// <summary>
/// Conditions of a query together with its parameters, so that each placeholder has the number of its parameter.
/// </summary>
internal sealed class QueryText(string condition)
{
    private readonly List<string> conditions = [condition];
    private readonly List<NpgsqlParameter> parameters = [];

    /// <summary>Number of parameters so far, which is also the number of the last one.</summary>
    public int Count => parameters.Count;

    /// <summary>Adds a value and returns its placeholder.</summary>
    public string Add<T>(T value) => Append(new NpgsqlParameter<T> { TypedValue = value });

    /// <summary>Adds a ctid and returns its placeholder.</summary>
    public string Add(NpgsqlTid place) =>
        Append(new NpgsqlParameter<NpgsqlTid> { TypedValue = place, NpgsqlDbType = NpgsqlDbType.Tid });

    private string Append(NpgsqlParameter parameter)
    {
        parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
    }

    /// <summary>Adds a condition that must hold as well.</summary>
    public void Where(string also) => conditions.Add(also);

    /// <summary>
    /// Returns a command of <paramref name="select"/>, all conditions and parameters, and an optional <paramref name="end"/>.
    /// </summary>
    public NpgsqlBatchCommand Command(string select, string end = "")
    {
        var command = new NpgsqlBatchCommand(
            $"{select} WHERE {string.Join(" AND ", conditions)} {end}".TrimEnd()
        );
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }
}
