using System.Reflection;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>The control schema with its first migrations alone: of an earlier release, or of a start that was killed.</summary>
internal static class EarlierSchema
{
    private const string Folder = "RotationMesh.Postgres.Control.Migrations.";

    private static readonly Assembly Migrated = Assembly.Load("RotationMesh.Control");

    /// <summary>Number of migrations that this release has.</summary>
    public static int Migrations => Names().Count();

    /// <summary>Makes the schema, its journal and what the first migrations create.</summary>
    public static async Task MakeAsync(TestDatabase database, int migrations)
    {
        await database.ExecuteAsync(
            """
            CREATE SCHEMA IF NOT EXISTS rotationmesh;
            CREATE TABLE rotationmesh.schema_versions (
                schemaversionsid serial PRIMARY KEY, scriptname varchar(255) NOT NULL, applied timestamp NOT NULL)
            """
        );
        foreach (var name in Names().Take(migrations))
        {
            using var reader = new StreamReader(Migrated.GetManifestResourceStream(name)!);
            await database.ExecuteAsync(await reader.ReadToEndAsync());
            await database.ExecuteAsync(
                $"INSERT INTO rotationmesh.schema_versions (scriptname, applied) VALUES ('{name}', now())"
            );
        }
    }

    private static IEnumerable<string> Names() =>
        Migrated
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
}
