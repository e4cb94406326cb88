using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Writers;

public sealed class WhenASubscriptionWrites
{
    private const string Orders = "CREATE TABLE orders (id text PRIMARY KEY)";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Rows_of_a_transaction_that_its_worker_has_not_committed_are_waited_for()
    {
        await using var server = await PrivatePostgres.StartAsync("wal_level = logical");
        await using var origin = await server.CreateDatabaseAsync();
        await using var database = await server.CreateDatabaseAsync();
        await using var fixture = Fixture.Of(database, database.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync(Orders);
        await fixture.InsertAsync(Note.Many(20));
        await SubscribeAsync(origin, fixture);
        try
        {
            // The worker stands still between its two writes: it has the note, and waits for the other table.
            await using var blocker = await OpenTransaction.BeginAsync(fixture, "LOCK TABLE orders");
            await origin.ExecuteAsync(
                $"BEGIN; {OpenTransaction.Insert("fed")}; INSERT INTO orders VALUES ('fed'); COMMIT"
            );
            var worker = await WaitingWorkerAsync(fixture);

            var rotation = fixture.RotatePatientlyAsync();
            await fixture.WaitsForAsync(rotation, $"session {worker} (subscription feed, role ");
            var refused = await fixture.RetireAsync();
            await blocker.CommitAsync();

            using (Assert.EnterMultipleScope())
            {
                Assert.That(
                    refused.InTheWay,
                    Has.Exactly(1).Contains($"session {worker} (subscription feed, role ")
                );
                Assert.That((await rotation).State, Is.EqualTo("Completed"));
            }

            await fixture.AssertRotatedAsync();
        }
        finally
        {
            await fixture.ExecuteAsync("DROP SUBSCRIPTION feed");
        }
    }

    // Both databases are on one server, where CREATE SUBSCRIPTION can't make the slot itself.
    private static async Task SubscribeAsync(TestDatabase origin, Fixture fixture)
    {
        await origin.ExecuteAsync($"{NotesTable.Create()}; {Orders}; CREATE PUBLICATION feed FOR ALL TABLES");
        await origin.ExecuteAsync("SELECT pg_create_logical_replication_slot('feed', 'pgoutput')");
        var from = new Npgsql.NpgsqlConnectionStringBuilder(origin.ConnectionString);
        await fixture.ExecuteAsync(
            $"""
            CREATE SUBSCRIPTION feed CONNECTION
                'host={from.Host} port={from.Port} dbname={from.Database} user={from.Username} password={from.Password}'
            PUBLICATION feed WITH (create_slot = false, copy_data = false)
            """
        );
    }

    private static async Task<int> WaitingWorkerAsync(Fixture fixture)
    {
        var waiting = Array.Empty<int>();
        await Eventually.Holds(
            async () =>
                (
                    waiting = [
                        .. await fixture.QueryAsync<int>(
                            """
                            SELECT pid FROM pg_stat_activity
                            WHERE backend_type = 'logical replication worker' AND wait_event_type = 'Lock'
                            """
                        ),
                    ]
                ).Length > 0,
            Deadline,
            "the subscription's worker waits for the lock"
        );
        return waiting.Single();
    }
}
