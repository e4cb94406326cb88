using Npgsql;
using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.TestKit;

namespace RotationMesh.GateTests.Others;

public sealed class PostgresGateTests
{
    private const string Worker = "csuite-worker";
    private TestDatabase database = null!;

    [SetUp]
    public async Task Create_a_table()
    {
        database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync(
            "CREATE TABLE notes (id int PRIMARY KEY, tenant text, version int, body text); CREATE TABLE others (id int)"
        );
    }

    [TearDown]
    public async Task Drop_it() => await database.DisposeAsync();

    [Test]
    public async Task Sessions_that_only_read_or_write_elsewhere_hold()
    {
        await using var worker = await ConnectAsync(Worker);
        await ExecuteAsync(worker, "BEGIN; SELECT count(*) FROM notes; INSERT INTO others VALUES (1)");

        (await LookAsync()).AssertHolds();
    }

    [Test]
    public async Task An_open_transaction_that_wrote_does_not_hold()
    {
        await using var worker = await ConnectAsync(Worker);
        await ExecuteAsync(worker, "BEGIN; INSERT INTO notes VALUES (1)");
        await ExecuteAsync(worker, "SELECT 1");

        (await LookAsync()).AssertLost("sessions write to the map's tables: csuite-worker (1)");
    }

    [Test]
    public async Task A_short_write_between_two_looks_is_seen()
    {
        await using var worker = await ConnectAsync(Worker);
        await ExecuteAsync(worker, "UPDATE \"notes\" SET body = 'x'");

        (await LookAsync()).AssertLost("csuite-worker (1)");
    }

    [Test]
    public async Task Another_application_may_write()
    {
        await using var other = await ConnectAsync("psql");
        await ExecuteAsync(other, "BEGIN; INSERT INTO notes VALUES (1)");

        (await LookAsync()).AssertHolds();
    }

    [Test]
    public async Task A_write_to_a_leaf_of_a_partitioned_table_is_seen()
    {
        await database.ExecuteAsync(
            "DROP TABLE notes; CREATE TABLE notes (id int, tenant text, version int, body text) PARTITION BY RANGE (id); "
                + "CREATE TABLE leaf_of_it PARTITION OF notes FOR VALUES FROM (0) TO (10)"
        );
        await using var worker = await ConnectAsync(Worker);
        await ExecuteAsync(worker, "BEGIN; INSERT INTO leaf_of_it VALUES (1)");
        await ExecuteAsync(worker, "SELECT 1");

        (await LookAsync()).AssertLost("csuite-worker (1)");
    }

    [Test]
    public async Task The_map_s_own_application_name_would_be_taken_for_the_workers_and_is_refused() =>
        (await LookAsync($"{database.ConnectionString};Application Name={Worker}")).AssertLost(
            "the map's own sessions are named csuite-worker too"
        );

    [Test]
    public async Task A_database_that_is_away_does_not_hold() =>
        (await LookAsync("Host=127.0.0.1;Port=1;Username=a;Password=correct-horse")).AssertLost();

    private Task<GateVerdict> LookAsync(string? connectionString = null) =>
        Looks.AtAsync(Map(connectionString ?? database.ConnectionString));

    private static RotationMap Map(string connectionString) =>
        Maps.With($"workers: [{{ postgres: {{ applicationName: {Worker} }} }}]", connectionString);

    private async Task<NpgsqlConnection> ConnectAsync(string application)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                ApplicationName = application,
                Pooling = false,
            }.ConnectionString
        );
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
