using System.Reflection;
using MassTransit;
using RotationMesh.Core.Map;

namespace RotationMesh.Coordination.Persistence;

/// <summary>What every saga table has, whatever saga it holds.</summary>
internal static class SagaTable
{
    /// <summary>The column that identifies the saga: the primary key, for the insert relies on its uniqueness.</summary>
    public const string CorrelationId = "correlation_id";
}

/// <summary>
/// Where the instances of one saga live: a schema-qualified table and its columns, both fixed in code. It is written once,
/// as a static field beside the saga, and checked right there, so a slip shows when the host starts.
/// </summary>
public sealed class SagaTable<TSaga>
    where TSaga : class, ISaga
{
    /// <summary>
    /// Throws <see cref="ArgumentException"/> for a name without a schema, a column without a property, a property
    /// without a column (its value would be lost silently between two messages), and a missing <c>correlation_id</c>.
    /// </summary>
    public SagaTable(string name, params IReadOnlyList<SagaColumn> columns)
    {
        Name = SqlName.Parse(name);
        if (Name.Schema is null)
            throw new ArgumentException($"the saga table '{name}' lacks a schema", nameof(name));
        if (columns.All(c => c.Name.Name != SagaTable.CorrelationId))
            throw new ArgumentException($"'{name}' lacks the column correlation_id", nameof(columns));
        Sql = SagaSql.For(Name.Quoted, WithProperties(columns));
    }

    /// <summary>The table, as the logs and probes show it.</summary>
    public SqlName Name { get; }

    /// <summary>Settable so that tests can show what each clause of the statements is good for.</summary>
    internal SagaSql Sql { get; init; }

    private static List<(SagaColumn, string)> WithProperties(IReadOnlyList<SagaColumn> columns)
    {
        var left = typeof(TSaga)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p is { CanRead: true, CanWrite: true })
            .ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        var pairs = new List<(SagaColumn, string)>(columns.Count);
        foreach (var column in columns)
        {
            if (!left.Remove(column.Name.Name.Replace("_", "", StringComparison.Ordinal), out var property))
                throw new ArgumentException($"{typeof(TSaga).Name} has no property for '{column.Name}'");
            pairs.Add((column, property.Name));
        }

        return left.Count == 0
            ? pairs
            : throw new ArgumentException(
                $"{typeof(TSaga).Name} has no column for {string.Join(", ", left.Values.Select(p => p.Name))}"
            );
    }
}
