using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.TestKit;

public sealed class WhenADatabaseIsCreated
{
    [Test]
    public async Task It_answers()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();

        Assert.That(await database.ScalarAsync<int>("SELECT 1"), Is.EqualTo(1));
    }

    [Test]
    public async Task Another_one_sees_nothing_of_it()
    {
        await using TestDatabase first = await TestDatabase.CreateAsync();
        await using TestDatabase second = await TestDatabase.CreateAsync();

        await first.ExecuteAsync("CREATE TABLE only_here (id int)");

        Assert.That(
            await first.ScalarAsync<string>("SELECT to_regclass('only_here')::text"),
            Is.EqualTo("only_here")
        );
        Assert.That(await second.ScalarAsync<string>("SELECT to_regclass('only_here')::text"), Is.Null);
    }

    [Test]
    public async Task Its_connection_string_serves_other_programs()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        Assert.That(connection.Database, Is.EqualTo(database.Name));
    }

    [Test]
    public async Task The_wrong_type_of_a_scalar_is_an_error_and_not_a_null()
    {
        await using TestDatabase database = await TestDatabase.CreateAsync();

        Assert.ThrowsAsync<InvalidCastException>(() =>
            database.ScalarAsync<int>("SELECT count(*) FROM pg_class")
        );
    }
}
