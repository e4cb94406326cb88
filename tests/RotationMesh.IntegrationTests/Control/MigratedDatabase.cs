using RotationMesh.Control;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A database with this release's control schema, and nothing in it.</summary>
internal static class MigratedDatabase
{
    /// <summary>A database of the caller's own.</summary>
    public static Task<TestDatabase> CreateAsync() =>
        TemplateDatabases.CopyAsync("control schema", MigrateAsync);

    private static async Task MigrateAsync(TestDatabase database)
    {
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
    }
}
