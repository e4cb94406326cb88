using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>A process that lives gives signs of life over the session that holds its work; one that is frozen does not.</summary>
public sealed class WhenWorkIsHeld
{
    private const string Work = "conclude";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Test]
    public async Task A_living_holder_gives_signs_of_life_and_is_not_ended()
    {
        await using var site = await Site.StartAsync();
        await using var held = await site.Guard.TryHoldAsync(Work, site.Id, CancellationToken.None);
        var first = (await site.HolderAsync())!.LastSign;

        await Eventually.Holds(
            async () => (await site.HolderAsync())!.LastSign > first,
            Deadline,
            "it gives a sign of life"
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await site.TryEndAsync(RotationGuard.Longest), Is.False);
            Assert.That(await site.Guard.TryHoldAsync(Work, site.Id, CancellationToken.None), Is.Null);
        }
    }

    [Test]
    public async Task A_silent_holder_is_named_and_ended_and_the_work_is_free()
    {
        await using var site = await Site.StartAsync();
        await using var frozen = await site.LockAsync("/* rotationmesh: held */");

        var holder = await site.HolderAsync();
        Assert.That(await site.TryEndAsync(RotationGuard.Longest), Is.False, "it may still give a sign");
        await Eventually.Holds(() => site.TryEndAsync(Moment), Deadline, "it is ended");

        Assert.That(holder!.Pid, Is.EqualTo(frozen.ProcessID));
        Assert.That(holder.ToString(), Does.Contain($"session {frozen.ProcessID} "));
        await Eventually.Holds(
            async () =>
            {
                await using var held = await site.Guard.TryHoldAsync(Work, site.Id, CancellationToken.None);
                return held is not null;
            },
            Deadline,
            "the work is free"
        );
    }

    [Test]
    public async Task A_holder_that_never_gives_a_sign_is_named_and_not_ended()
    {
        await using var site = await Site.StartAsync();
        await using var other = await site.LockAsync("");
        await Eventually.Holds(
            async () => (await site.HolderAsync())!.Silent > Moment,
            Deadline,
            "it has been silent"
        );

        Assert.That(await site.TryEndAsync(Moment), Is.False);
    }

    [Test]
    public async Task A_holder_that_runs_a_statement_is_not_silent()
    {
        await using var site = await Site.StartAsync();
        await using var busy = await site.LockAsync("/* rotationmesh: held */");
        await using var command = new NpgsqlCommand("/* rotationmesh: held */ SELECT pg_sleep(60)", busy);
        using var over = new CancellationTokenSource();
        var running = command.ExecuteNonQueryAsync(over.Token);
        await Eventually.Holds(
            async () =>
                await site.Database.ScalarAsync<bool>(
                    $"SELECT clock_timestamp() - query_start > '2 s' FROM pg_stat_activity WHERE pid = {busy.ProcessID}"
                ),
            Deadline,
            "it has run for long"
        );

        Assert.That((await site.HolderAsync())!.Silent, Is.EqualTo(TimeSpan.Zero));
        Assert.That(await site.TryEndAsync(Moment), Is.False);
        await over.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => running);
    }

    [Test]
    public async Task Nothing_is_written_over_another_session_once_its_loss_was_noticed()
    {
        await using var site = await Site.StartAsync();
        await using var held = await site.Guard.TryHoldAsync(Work, site.Id, CancellationToken.None);
        var holder = await site.HolderAsync();
        await site.Database.ExecuteAsync($"SELECT pg_terminate_backend({holder!.Pid})");
        // As the sign of life does, which nobody hears.
        Assert.CatchAsync<NpgsqlException>(() =>
            held!.ExecuteAsync("SELECT 1", new { }, CancellationToken.None)
        );

        Assert.CatchAsync<NpgsqlException>(() =>
            held!.ExecuteAsync("CREATE TABLE public.late ()", new { }, CancellationToken.None)
        );
        Assert.That(
            await site.Database.ScalarAsync<bool>("SELECT to_regclass('public.late') IS NULL"),
            Is.True
        );
    }

    [Test]
    public async Task What_its_session_was_to_write_is_lost_with_it()
    {
        await using var site = await Site.StartAsync();
        await using var held = await site.Guard.TryHoldAsync(Work, site.Id, CancellationToken.None);
        var holder = await site.HolderAsync();
        await site.Database.ExecuteAsync($"SELECT pg_terminate_backend({holder!.Pid})");

        Assert.CatchAsync<NpgsqlException>(() =>
            held!.ExecuteAsync("CREATE TABLE public.late ()", new { }, CancellationToken.None)
        );
        Assert.That(
            await site.Database.ScalarAsync<bool>("SELECT to_regclass('public.late') IS NULL"),
            Is.True
        );
    }

    private sealed class Site : IAsyncDisposable
    {
        private readonly ControlDatabase control;

        private Site(TestDatabase database)
        {
            Database = database;
            control = new ControlDatabase(database.ConnectionString);
            Guard = new RotationGuard(control);
        }

        public Guid Id { get; } = Guid.CreateVersion7();

        public TestDatabase Database { get; }

        public RotationGuard Guard { get; }

        public static async Task<Site> StartAsync() => new(await TestDatabase.CreateAsync());

        public Task<WorkHolder?> HolderAsync() => Guard.FindHolderAsync(Work, Id, CancellationToken.None);

        public Task<bool> TryEndAsync(TimeSpan longest) =>
            Guard.TryEndSilentAsync(Work, Id, longest, CancellationToken.None);

        /// <summary>A session that holds the work and does nothing more.</summary>
        public async Task<NpgsqlConnection> LockAsync(string sign)
        {
            var connection = await Database.DataSource.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(
                $"{sign} SELECT pg_advisory_lock(hashtextextended('rotationmesh/{Work}/{Id}', 0))",
                connection
            );
            await command.ExecuteNonQueryAsync();
            return connection;
        }

        public async ValueTask DisposeAsync()
        {
            await control.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
