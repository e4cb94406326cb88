using RotationMesh.Control;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A control database in which other roles may create: nothing that they make is called.</summary>
public sealed class WhenOthersShareTheDatabase
{
    private TestDatabase database = null!;
    private ControlDatabase control = null!;

    [SetUp]
    public async Task Migrate()
    {
        database = await TestDatabase.CreateAsync();
        control = new ControlDatabase($"{database.ConnectionString};Search Path=public");
        await control.MigrateAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task Drop()
    {
        await control.DisposeAsync();
        await database.DisposeAsync();
    }

    [Test]
    public async Task Sessions_have_no_schema_but_the_server_s_own()
    {
        await using var connection = await control.Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT pg_catalog.array_to_string(pg_catalog.current_schemas(true), ' ')";
        Assert.That(await command.ExecuteScalarAsync(), Is.EqualTo("pg_catalog"));
    }

    [Test]
    public async Task Functions_that_fire_have_a_search_path_of_their_own() =>
        Assert.That(
            await database.ScalarAsync<string>(
                """
                SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc
                WHERE pronamespace = 'rotationmesh'::regnamespace AND NOT 'search_path=""' = ANY (coalesce(proconfig, '{}'))
                """
            ),
            Is.Null
        );
}
