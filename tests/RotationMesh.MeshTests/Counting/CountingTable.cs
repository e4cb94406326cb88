using RotationMesh.Coordination.Persistence;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Counting;

/// <summary>Where the counting saga is stored.</summary>
internal static class CountingTable
{
    public const string Name = "mesh_test.counting";

    public static readonly SagaColumn[] Columns =
    [
        "correlation_id",
        "current_state",
        "counted",
        SagaColumn.Jsonb("notes"),
        "started_at",
        "scopes",
    ];

    public static readonly SagaTable<CountingState> Table = new(Name, Columns);

    private const string Ddl = """
        CREATE SCHEMA mesh_test;
        CREATE TABLE mesh_test.counting (
            correlation_id uuid PRIMARY KEY,
            current_state text NOT NULL,
            counted integer NOT NULL,
            notes jsonb,
            started_at timestamptz,
            scopes text[] NOT NULL
        );
        CREATE TABLE mesh_test.beside (correlation_id uuid NOT NULL);
        """;

    public static async Task<TestDatabase> CreateDatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(Ddl);
        return database;
    }
}
