using Npgsql;
using RotationMesh.TestKit;

namespace RotationMesh.CliTests.SearchPath;

/// <summary>
/// The whole program where a schema of the search path, in which others may create, has a better signature for everything that
/// its statements call. What they call is read from the statements themselves, as they were sent.
/// </summary>
public sealed class WhenASchemaShadowsTheServer
{
    private static readonly string[][] Runs =
    [
        ["doctor", "--scan"],
        ["census"],
        ["rotate", "--dry-run"],
        ["rotate", "--only", "text", "--tenant", "t1", "--tenant", "T1"],
        ["rotate"],
        ["verify"],
        ["verify", "--sample", "50%"],
        ["doctor", "--config", "policies.yaml"],
        ["rotate", "--config", "policies.yaml"],
        ["verify", "--config", "policies.yaml"],
        ["keys"],
        ["list"],
        ["audit", "verify"],
        ["keys", "retire", "1", "--skip-scan-of", "app.public.visits", "--reason", "another map has it"],
    ];

    private CalledNames called = null!;

    [OneTimeSetUp]
    public async Task Note_what_the_program_sends()
    {
        await using var site = await Site.EmptyAsync();
        await using var role = await PrepareAsync(site);
        await using var recorder = new StatementRecorder(role.ConnectionString);
        site.Variables["APP_DATABASE_URL"] = recorder.ConnectionString;
        foreach (var run in Runs)
            (await RunAsync(site, run)).Exits(0);
        called = new CalledNames(recorder.Statements);
    }

    [Test]
    public void The_statements_that_rewrite_rows_are_among_those_that_were_noted() =>
        Assert.Multiple(() =>
        {
            Assert.That(
                called.Functions,
                Is.SupersetOf((string[])["unnest", "jsonb_set", "to_jsonb", "count"])
            );
            Assert.That(called.Operators, Is.SupersetOf((string[])["=", "<", "#>>"]));
            Assert.That(called.Types, Is.SupersetOf((string[])["text", "tid", "xid"]));
        });

    [TestCase("mallory, public", TestName = "Before_the_tables_none_of_it_is_called")]
    [TestCase("mallory, public, pg_catalog", TestName = "Before_the_servers_own_none_of_it_is_called")]
    public async Task None_of_it_is_called(string path)
    {
        await using var site = await Site.EmptyAsync();
        await using var role = await PrepareAsync(site);
        site.Variables["APP_DATABASE_URL"] = role.ConnectionString;
        await Traps.SetAsync(site.Database, called);
        await site.Database.ExecuteAsync(
            $"ALTER ROLE {role.Name} IN DATABASE {site.Database.Name} SET search_path = {path}"
        );
        foreach (var run in Runs)
        {
            var outcome = await RunAsync(site, run);
            var sprung = await Traps.SprungAsync(site.Database);
            Assert.That(sprung, Is.Null, $"{string.Join(' ', run)}: {outcome}");
            outcome.Exits(0);
        }

        Assert.That(await MixedTables.CountReadableAsync(site.Database, 2), Is.EqualTo(MixedTables.AllRows));
        await AssertSpringsAsync(site, role);
    }

    // Else nothing was proved.
    private static async Task AssertSpringsAsync(Site site, Role role)
    {
        await using var connection = new NpgsqlConnection(
            $"{role.ConnectionString};Server Compatibility Mode=NoTypeLoading"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT unnest('{a}'::pg_catalog.text[])", connection);
        Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.That(await Traps.SprungAsync(site.Database), Is.EqualTo("unnest(text[])"));
    }

    private static async Task<Role> PrepareAsync(Site site)
    {
        await MixedTables.CreateAsync(site.Database);
        site.Map = MixedTables.Map;
        site.Write("policies.yaml", MixedTables.PolicyMap);
        var role = await Role.CreateAsync(site.Database);
        await site.Database.ExecuteAsync(
            $"ALTER ROLE {role.Name} NOBYPASSRLS; GRANT CREATE ON DATABASE {site.Database.Name} TO {role.Name}"
        );
        return role;
    }

    // The map beside the site's own is found by its path.
    private static Task<ProcessOutcome> RunAsync(Site site, string[] arguments) =>
        site.RunAsync([
            .. arguments.Select(argument =>
                argument.EndsWith(".yaml", StringComparison.Ordinal)
                    ? Path.Combine(site.Folder, argument)
                    : argument
            ),
        ]);
}
