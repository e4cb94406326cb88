using Npgsql;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Concurrency;

[Parallelizable(ParallelScope.All)] // one of them waits for the last sweep
public sealed class LockedRowTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [TestCase("FOR UPDATE")]
    [TestCase("FOR SHARE")]
    public async Task Rows_that_the_application_holds_wait_for_it_and_nobody_waits_for_them(string hold)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(500));
        await using var application = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await RunAsync(application, $"SELECT 1 FROM notes WHERE id < 'n00006' {hold}");

        var rotation = fixture.RotateAsync(batchSize: 100);
        await Eventually.Holds(
            async () =>
                rotation.IsCompleted
                || await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2") == 495,
            Deadline,
            "all rows but the five that are held are rotated"
        );
        var others = await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2");
        await transaction.CommitAsync();
        var report = await rotation;
        var after = report.Tables.Single().Failed == 0 ? report : await fixture.RotateAsync();

        Assert.That(others, Is.EqualTo(495));
        Assert.That(report.Tables.Single().Conflicts, Is.Positive);
        Assert.That(after.State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task Rows_that_are_held_to_the_end_are_reported_as_left_and_rotated_by_the_next_run()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(50));
        RotationReport report;
        await using (var application = await fixture.Source.OpenConnectionAsync())
        await using (await application.BeginTransactionAsync())
        {
            await RunAsync(application, "SELECT 1 FROM notes WHERE id = 'n00007' FOR UPDATE");
            report = await fixture.RotateAsync();
        }

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((49, 1)));
        Assert.That(report.Failures.Single().Cause, Does.StartWith("it is held by session "));
        Assert.That((await fixture.RotateAsync()).Tables[0].Rotated, Is.EqualTo(1));
        await fixture.AssertRotatedAsync();
    }

    [TestCase("SELECT 1 FROM notes WHERE id = 'n00007' FOR UPDATE", TestName = "A_row_that_is_locked")]
    [TestCase("UPDATE notes SET title = title WHERE id = 'n00007'", TestName = "A_row_that_is_being_changed")]
    [TestCase(
        "SAVEPOINT one; UPDATE notes SET title = title WHERE id = 'n00007'",
        TestName = "A_row_that_is_being_changed_in_a_savepoint"
    )]
    public async Task A_held_row_names_who_holds_it(string hold)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using var source = Named(fixture, "app \"of\" theirs");
        await using var application = await source.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await RunAsync(application, hold);

        var pass = await fixture.PassAsync(isLastSweep: true);

        Assert.That(
            pass.Failures.Single().Cause,
            Does.StartWith($"it is held by session {application.ProcessID} (app \"of\" theirs, role ")
        );
    }

    [Test]
    public async Task A_row_that_several_hold_names_one_of_them()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await using var source = Named(fixture, "several");
        await using var one = await source.OpenConnectionAsync();
        await using var other = await source.OpenConnectionAsync();
        await using var first = await one.BeginTransactionAsync();
        await using var second = await other.BeginTransactionAsync();
        foreach (var application in new[] { one, other })
            await RunAsync(application, "SELECT 1 FROM notes WHERE id = 'n00007' FOR SHARE");

        var pass = await fixture.PassAsync(isLastSweep: true);

        Assert.That(
            pass.Failures.Single().Cause,
            Does.StartWith($"it is held by session {one.ProcessID} (several, ")
                .Or.StartWith($"it is held by session {other.ProcessID} (several, ")
        );
    }

    [Test]
    public async Task A_transaction_that_locks_in_the_opposite_order_loses_nothing()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(400));
        using var stop = new CancellationTokenSource();
        var touched = Task.Run(() => TouchBackwardsAsync(fixture, stop.Token), CancellationToken.None);

        for (var round = 0; round < 3; round++)
        {
            await fixture.RotateAsync(batchSize: 400, workers: 1);
            await fixture.ExecuteAsync("UPDATE notes SET title = title WHERE id = 'n00200'");
        }

        await stop.CancelAsync();
        var touches = await touched;
        var closing = await fixture.RotateAsync();

        Assert.That(closing.State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
        Assert.That(
            await fixture.ScalarAsync<string>("SELECT title FROM notes WHERE id = 'n00001'"),
            Is.EqualTo($"touch {touches}")
        );
    }

    [Test]
    public async Task A_refused_row_beside_a_held_one_is_listed_once()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        await fixture.ExecuteAsync(
            "ALTER TABLE notes ADD CHECK (id <> 'n00003' OR version = 1), ADD CHECK (id <> 'n00004' OR version = 1)"
        );
        await using var application = await fixture.Source.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await RunAsync(application, "SELECT 1 FROM notes WHERE id = 'n00007' FOR UPDATE");

        var outcome = await fixture.PassAsync();

        Assert.That(
            outcome.Failures.Select(failure => failure.Key.Single().Value).Order(),
            Is.EqualTo(new[] { "n00003", "n00004" })
        );
        Assert.That((outcome.Outcome.Counts.Rotated, outcome.Outcome.Counts.Contended), Is.EqualTo((17, 1)));
    }

    // Each transaction updates the rows from the last to the first, against the direction of the rotation.
    private static async Task<int> TouchBackwardsAsync(Fixture fixture, CancellationToken stop)
    {
        await using var connection = await fixture.Source.OpenConnectionAsync(CancellationToken.None);
        await RunAsync(connection, "SET deadlock_timeout = '10ms'");
        var committed = 0;
        for (var touch = 1; !stop.IsCancellationRequested; touch++)
        {
            try
            {
                await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
                foreach (var i in new[] { 400, 300, 200, 100, 1 })
                    await RunAsync(
                        connection,
                        $"UPDATE notes SET title = 'touch {touch}' WHERE id = 'n{i:d5}'"
                    );
                await transaction.CommitAsync(CancellationToken.None);
                committed = touch;
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // The application's turn to give way; its writes are rolled back.
            }
        }

        return committed;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static NpgsqlDataSource Named(Fixture fixture, string application) =>
        NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(fixture.ConnectionString) { ApplicationName = application }
        );
}
