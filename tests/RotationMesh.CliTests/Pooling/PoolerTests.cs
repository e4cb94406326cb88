using Npgsql;
using RotationMesh.TestKit.Postgres;

namespace RotationMesh.CliTests.Pooling;

/// <summary>
/// The application and the program share the sessions of a pgbouncer. What the program sets in one, and the locks that it
/// takes, would be the application's afterwards.
/// </summary>
public sealed class PoolerTests
{
    /// <summary>As many as a rotation may need, and the application's.</summary>
    private const int Enough = 40;

    private const int SessionsOfApplication = 6;

    private static readonly string[] Names =
    [
        "default_transaction_isolation",
        "extra_float_digits",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "plan_cache_mode",
        "search_path",
        "statement_timeout",
        "synchronous_commit",
    ];

    private static readonly string[][] Verbs =
    [
        ["doctor"],
        ["rotate", "--dry-run"],
        ["rotate"],
        ["verify"],
        ["census"],
        ["keys"],
        ["keys", "retire", "1"],
        ["list"],
        ["status"],
    ];

    private Site site = null!;

    [SetUp]
    public async Task Load()
    {
        site = await Site.LoadAsync("--rows", "500", "--tenants", "5");
        await site.Database.ExecuteAsync(
            $"ALTER DATABASE {site.Database.Name} SET statement_timeout = '15s'"
        );
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("transaction")]
    [TestCase("statement")]
    public async Task Sessions_that_are_shared_are_refused_and_left_as_they_were(string mode)
    {
        await using var pooler = await Pooler.StartAsync(site.Database, mode, Enough);
        site.Variables["APP_DATABASE_URL"] = pooler.ConnectionString;
        var before = await SettingsAsync(pooler);

        foreach (var verb in Verbs)
        {
            var refused = (await site.RunAsync(verb)).Exits(2);
            Assert.That(
                refused.Output + refused.Error,
                Does.Contain($"pool_mode = {mode}").And.Contain("pool_mode = session"),
                string.Join(' ', verb)
            );
            Assert.That(await SettingsAsync(pooler), Is.EqualTo(before), string.Join(' ', verb));
        }

        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
        Assert.That(await LocksAsync(), Is.Zero);
    }

    [Test]
    public async Task Sessions_of_its_own_carry_a_rotation_and_are_given_back_as_they_were()
    {
        await using var pooler = await Pooler.StartAsync(site.Database, "session", Enough);
        site.Variables["APP_DATABASE_URL"] = pooler.ConnectionString;
        var before = await SettingsAsync(pooler);

        foreach (var verb in Verbs)
        {
            (await site.RunAsync(verb)).Exits(0);
            Assert.That(await SettingsAsync(pooler), Is.EqualTo(before), string.Join(' ', verb));
        }

        Assert.That(await site.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero);
        Assert.That(await LocksAsync(), Is.Zero);
    }

    [TestCase(1, "fewer than 3 sessions")]
    [TestCase(2, "fewer than 3 sessions")]
    [TestCase(4, "2 workers need 14")]
    [TestCase(9, "2 workers need 14")]
    public async Task A_pool_that_is_too_small_is_told_with_the_number_that_is_needed(int size, string told)
    {
        await using var pooler = await Pooler.StartAsync(site.Database, "session", size);
        site.Variables["APP_DATABASE_URL"] = pooler.ConnectionString;

        var refused = (await site.RunAsync("rotate", "--workers", "2")).Exits(2);

        Assert.That(refused.Error, Does.Contain(told).And.Contain("default_pool_size"));
        Assert.That(await site.Database.RowsAsync("encryption_key_version = 2"), Is.Zero);
    }

    [Test]
    public async Task The_least_pool_that_is_told_is_enough()
    {
        await using var pooler = await Pooler.StartAsync(site.Database, "session", 14);
        site.Variables["APP_DATABASE_URL"] = pooler.ConnectionString;

        (await site.RunAsync("rotate", "--workers", "2")).Exits(0);

        Assert.That(await site.Database.RowsAsync("encryption_key_version <> 2"), Is.Zero);
    }

    // Of several sessions, as each is busy for a moment: the application is given any of them.
    private static async Task<IReadOnlyList<string>> SettingsAsync(Pooler pooler)
    {
        await using var application = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(pooler.ConnectionString)
            {
                Pooling = false,
                NoResetOnClose = true,
            }
        );
        var seen = await Task.WhenAll(
            Enumerable
                .Range(0, SessionsOfApplication)
                .Select(async _ =>
                {
                    await using var settings = application.CreateCommand(
                        """
                        SELECT string_agg(name || '=' || setting, ' ' ORDER BY name)
                            || ' ' || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
                        FROM pg_settings, pg_sleep(0.2) WHERE name = ANY ($1)
                        """
                    );
                    settings.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Names });
                    return (string)(await settings.ExecuteScalarAsync())!;
                })
        );
        return [.. seen.Distinct()];
    }

    private Task<long> LocksAsync() =>
        site.Database.ScalarAsync<long>(
            """
            SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory'
            """
        );
}
