using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Identity;

public sealed class WhenDatabasesAreIdentified
{
    [Test]
    public async Task A_copy_in_the_same_server_is_another_one_and_a_role_without_rights_sees_it()
    {
        await using var fixture = await Fixture.CreateAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var role = await TestRole.CreateAsync(fixture);
        await using var copy = await database.CopyAsync();

        var own = await ReadAsync(fixture.ConnectionString);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(own.Identity.System, Is.Not.Null);
            Assert.That((await ReadAsync(role.ConnectionString)).Identity, Is.EqualTo(own.Identity));
            Assert.That(DatabaseIdentity.Parse(own.Identity.ToString()), Is.EqualTo(own.Identity));
            Assert.That(
                (await ReadAsync(copy.ConnectionString)).Identity.Matches(
                    (await ReadAsync(database.ConnectionString)).Identity
                ),
                Is.False
            );
        }
    }

    [Test]
    public async Task A_standby_is_behind_and_the_same_database_once_it_is_promoted()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        var before = await ReadAsync(database.ConnectionString);
        var expected = new ExpectedDatabase(before.Identity);
        await using var replica = await server.StartStandbyAsync();
        var address = replica.ConnectionTo(database.Name);
        await using var there = NpgsqlDataSource.Create(address);
        await using var connection = await there.OpenConnectionAsync();

        var refused = Assert.ThrowsAsync<OtherDatabaseException>(() =>
            expected.EnsureAsync(connection, "app", CancellationToken.None)
        );
        await using var promote = new NpgsqlCommand("SELECT pg_promote()", connection);
        await promote.ExecuteNonQueryAsync();
        await expected.EnsureAsync(connection, "app", CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused!.Message, Does.Contain("standby"));
            Assert.That((await ReadAsync(address)).Identity, Is.EqualTo(before.Identity));
        }
    }

    [Test]
    public async Task Another_server_has_other_databases_and_who_may_not_tell_the_server_compares_the_rest()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var elsewhere = await TestDatabase.CreateAsync();
        var own = (await ReadAsync(database.ConnectionString)).Identity;
        var other = (await ReadAsync(elsewhere.ConnectionString)).Identity;
        await database.ExecuteAsync(
            """
            REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC;
            CREATE ROLE curious LOGIN PASSWORD 'curious'
            """
        );

        var blind = await ReadAsync(
            new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                Username = "curious",
                Password = "curious",
            }.ConnectionString
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(own.System, Is.Not.EqualTo(other.System));
            Assert.That(own.Matches(other with { Oid = own.Oid }), Is.False);
            Assert.That(blind.Identity, Is.EqualTo(own with { System = null }));
            Assert.That(blind.Identity.Matches(own) && own.Matches(blind.Identity), Is.True);
            Assert.That(blind.Identity.Matches(own with { Oid = own.Oid + 1 }), Is.False);
        }
    }

    private static async Task<SeenDatabase> ReadAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        return await DatabaseIdentity.ReadAsync(connection, CancellationToken.None);
    }
}
