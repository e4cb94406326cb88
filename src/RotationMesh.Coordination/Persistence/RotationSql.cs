using System.Text.Json;
using RotationMesh.Coordination.Saga;

namespace RotationMesh.Coordination.Persistence;

/// <summary>
/// The statements of the table of rotations. Every property of <see cref="Rotation"/> is a column, by its name in snake
/// case, and the rotation itself the parameter object. The database fills start and end.
/// </summary>
internal static class RotationSql
{
    private const string ById = "correlation_id = @CorrelationId";

    // Others write them, with seals of their own; the saga reads them under its lock.
    private static readonly string[] OnlyRead =
    [
        nameof(Rotation.Census),
        nameof(Rotation.CensusSeal),
        nameof(Rotation.Summary),
        nameof(Rotation.SummarySeal),
        nameof(Rotation.AuditSequence),
        nameof(Rotation.HeardAt),
    ];

    private static readonly string[] Properties =
    [
        .. typeof(Rotation)
            .GetProperties()
            .Where(property => property.CanWrite)
            .Select(property => property.Name),
    ];

    private static readonly string[] Written = [.. Properties.Except(OnlyRead)];

    /// <summary>
    /// Selects one row and locks it until the transaction ends, so two messages for one rotation are handled one after the
    /// other. Without the lock, the later update would silently overwrite the earlier one. Not FOR UPDATE: writes of rows
    /// that refer to the rotation would wait for it, and they happen all the time. The clock is read outside of what locks:
    /// inside it would be read before the wait.
    /// </summary>
    public static readonly string Lock = $"""
        SELECT {List(Properties, Read)}
        FROM (SELECT * FROM rotationmesh.rotations WHERE {ById} FOR NO KEY UPDATE) AS locked
        """;

    /// <summary>
    /// Inserts a new row, unless the rotation exists. Waits for an insert of the same id that is under way elsewhere.
    /// </summary>
    public static readonly string Insert = $"""
        INSERT INTO rotationmesh.rotations ({List(Written, Column)}) VALUES ({List(Written, Value)})
        ON CONFLICT (correlation_id) DO NOTHING
        """;

    /// <summary>Updates what the saga writes, of a row that <see cref="Lock"/> has read.</summary>
    public static readonly string Update =
        $"UPDATE rotationmesh.rotations SET {List(Written.Except([nameof(Rotation.CorrelationId)]), Change)} WHERE {ById}";

    private static string List(IEnumerable<string> properties, Func<string, string> text) =>
        string.Join(", ", properties.Select(text));

    private static string Column(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    private static string Change(string property) => $"{Column(property)} = {Value(property)}";

    private static string Read(string property) =>
        property == nameof(Rotation.HeardAt) ? "pg_catalog.clock_timestamp() AS heard_at" : Column(property);

    // Text goes over the wire, so PostgreSQL has to be told where it is JSON.
    private static string Value(string property) =>
        property == nameof(Rotation.IgnoredGates) ? $"@{property}::jsonb" : $"@{property}";
}
