using RotationMesh.Control;
using RotationMesh.Control.Schema;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

public sealed class WhenATableIsDropped
{
    [Test]
    public async Task It_is_named_whichever_it_is()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var control = new ControlDatabase(database.ConnectionString);
        await control.MigrateAsync(CancellationToken.None);
        var dropped = new DroppedTables(control);
        Assert.That(await dropped.FindAsync(CancellationToken.None), Is.Null);
        var tables = await database.ScalarAsync<string[]>(
            """
            SELECT array_agg(tablename::text) FROM pg_tables
            WHERE schemaname = 'rotationmesh' AND tablename <> 'schema_versions'
            """
        );
        Assert.That(tables, Is.Not.Empty);

        foreach (var table in tables!)
        {
            await database.ExecuteAsync($"ALTER TABLE rotationmesh.{table} RENAME TO gone");
            var told = await dropped.FindAsync(CancellationToken.None);
            await database.ExecuteAsync($"ALTER TABLE rotationmesh.gone RENAME TO {table}");

            Assert.That(
                told,
                Does.StartWith($"table rotationmesh.{table} of the control database is missing")
            );
        }
    }
}
