using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Postgres.Target.Rows;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Values too large to come with their rows.</summary>
public sealed class LargeValueTests
{
    private const int Bytes = 3_000_000;
    private static readonly string Large = string.Concat(Enumerable.Repeat("large ", Bytes / 6));

    private static readonly TableEntry Entry = Entries.Notes with
    {
        Columns =
        [
            Entries.Column("body"),
            Entries.Column("raw") with
            {
                MostlyEmpty = true,
            },
            Entries.Column("settings", "key") with
            {
                MostlyEmpty = true,
            },
        ],
    };

    [Test]
    public async Task They_are_rotated_in_columns_of_every_kind_beside_small_and_missing_ones()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, null, null);
        await InsertAsync(stage, 2, "small", Large, null);
        await InsertAsync(stage, 3, "small", null, Large);
        await InsertAsync(stage, 4, Large, Large, Large);
        for (var id = 5; id < 25; id++)
            await InsertAsync(stage, id, $"small {id}", null, null);

        var dry = await stage.RotateAsync(dryRun: true);
        var report = await stage.RotateAsync();

        Assert.That(dry.Tables.Single().Rotated, Is.EqualTo(24));
        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(24));
        foreach (var (id, body, raw, key) in Rows)
        {
            Assert.That(await OpenAsync(stage, "body", id), Is.EqualTo(body));
            Assert.That(await OpenRawAsync(stage, id), Is.EqualTo(raw));
            Assert.That(await OpenAsync(stage, "settings->>'key'", id), Is.EqualTo(key));
        }

        var verified = (await stage.VerifyAsync()).Tables.Single();
        Assert.That((verified.Rows, verified.Failed), Is.EqualTo((24, 0)));
    }

    private static IEnumerable<(int, string, string?, string?)> Rows =>
        [
            (1, Large, null, null),
            (2, "small", Large, null),
            (3, "small", null, Large),
            (4, Large, Large, Large),
        ];

    [Test]
    public async Task One_that_is_larger_than_the_map_allows_fails_with_its_size_and_holds_up_no_other()
    {
        await using var stage = await CreateAsync(Entry with { LargestValue = 2 * 1024 * 1024 });
        await InsertAsync(stage, 1, Large, null, null);
        await InsertAsync(stage, 2, "small", null, null);
        var before = await stage.ScalarAsync<string>("SELECT md5(body) FROM notes WHERE id = 1");

        var dry = await stage.RotateAsync(dryRun: true);
        var report = await stage.RotateAsync();

        Assert.That(dry.Failures.Single().Error, Is.EqualTo(RowError.ValueTooLarge));
        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        var failure = report.Failures.Single();
        Assert.That(failure.Error, Is.EqualTo(RowError.ValueTooLarge));
        Assert.That(
            failure.Size,
            Is.EqualTo(await stage.ScalarAsync<int>("SELECT octet_length(body) FROM notes WHERE id = 1"))
        );
        Assert.That(await stage.ScalarAsync<int>("SELECT version FROM notes WHERE id = 2"), Is.EqualTo(2));
        Assert.That(
            await stage.ScalarAsync<string>("SELECT md5(body) FROM notes WHERE id = 1 AND version = 1"),
            Is.EqualTo(before)
        );
    }

    [Test]
    public async Task More_than_are_set_aside_at_once_are_all_rotated_and_verified()
    {
        const int Rows = 75; // more than twice as many
        var value = Large[..1_200_000];
        await using var stage = await CreateAsync();
        for (var id = 1; id <= Rows; id++)
            await InsertAsync(stage, id, value, null, null);

        var report = await stage.RotateAsync();

        Assert.That((report.State, report.Tables.Single().Rotated), Is.EqualTo(("Completed", (long)Rows)));
        var verified = (await stage.VerifyAsync()).Tables.Single();
        Assert.That((verified.Rows, verified.Failed), Is.EqualTo(((long)Rows, 0L)));
        Assert.That(await OpenAsync(stage, "body", Rows), Is.EqualTo(value));
    }

    [Test]
    public async Task One_that_a_trigger_passes_over_fails_with_the_trigger()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, null, null);
        await InsertAsync(stage, 2, "small", null, null);
        await stage.ExecuteAsync(
            """
            CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER skip BEFORE UPDATE ON notes FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION skip()
            """
        );

        var report = await stage.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures.Single().Cause, Does.Contain("skip"));
        Assert.That(await stage.ScalarAsync<int>("SELECT version FROM notes WHERE id = 2"), Is.EqualTo(2));
    }

    [Test]
    public async Task One_that_the_application_writes_meanwhile_keeps_what_it_wrote()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, null, null);
        for (var id = 2; id < 202; id++)
            await InsertAsync(stage, id, $"small {id}", null, null);
        await InsertAsync(stage, 202, "written meanwhile", null, null);
        await stage.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END';
            CREATE TRIGGER slow BEFORE UPDATE ON notes FOR EACH STATEMENT EXECUTE FUNCTION slow();
            CREATE TABLE kept AS SELECT body FROM notes WHERE id = 202
            """
        );

        var rotation = stage.RotateAsync(batchSize: 10);
        await Eventually.Holds(
            async () => await stage.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2") > 0,
            TimeSpan.FromMinutes(1),
            "its small rows are rotated, and the large one is set aside"
        );
        await stage.ExecuteAsync("UPDATE notes SET body = kept.body FROM kept WHERE id = 1 AND version = 1");
        var report = await rotation;

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(await OpenAsync(stage, "body", 1), Is.EqualTo("written meanwhile"));
    }

    [Test]
    public async Task One_at_the_target_that_is_too_large_to_be_verified_is_told()
    {
        await using var stage = await CreateAsync(Entry with { LargestValue = 2 * 1024 * 1024 });
        await InsertAsync(stage, 1, Large, null, null, version: 2);
        await InsertAsync(stage, 2, "small", null, null);

        var report = await stage.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.ValueTooLarge));
    }

    [Test]
    public async Task One_that_does_not_decrypt_fails_as_a_small_one_does()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, null, null);
        await InsertAsync(stage, 2, Large, Large, null);
        await InsertAsync(stage, 3, Large, null, null);
        await stage.ExecuteAsync(
            """
            UPDATE notes SET body = overlay(body placing 'AAAA' from 1000000) WHERE id = 1;
            UPDATE notes SET raw = overlay(raw placing '\x00000000' from 1000000) WHERE id = 2;
            UPDATE notes SET version = 9 WHERE id = 3
            """
        );

        var report = await stage.RotateAsync();

        Assert.That(
            report.Failures.Select(failure => (failure.Key.Single().Value, failure.Error)),
            Is.EquivalentTo(
                new[]
                {
                    ("1", RowError.AuthenticationFailed),
                    ("2", RowError.AuthenticationFailed),
                    ("3", RowError.UnknownKeyVersion),
                }
            )
        );
        Assert.That(
            await stage.QueryAsync<int>("SELECT version FROM notes ORDER BY id"),
            Is.EqualTo(new[] { 1, 1, 9 })
        );
    }

    [Test]
    public async Task One_that_the_database_refuses_fails_alone()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, null, null);
        await InsertAsync(stage, 2, Large, null, null);
        await stage.ExecuteAsync("ALTER TABLE notes ADD CHECK (id <> 1 OR version = 1)");

        var report = await stage.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.DatabaseError));
        Assert.That(await OpenAsync(stage, "body", 2), Is.EqualTo(Large));
    }

    [Test]
    public async Task A_wrong_key_is_noticed_where_all_values_are_large()
    {
        await using var stage = await CreateAsync();
        for (var id = 0; id < 22; id++)
            await InsertAsync(stage, id, Large, null, null);
        await using var wrong = stage.Variant(ring: StageKeys.RingWithWrong(1));

        Assert.That(
            async () => await wrong.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("the key of version 1")
        );
    }

    [Test]
    public async Task They_are_rotated_tenant_by_tenant_where_policies_ask_for_it()
    {
        await using var stage = await CreateAsync();
        await InsertAsync(stage, 1, Large, Large, null);
        await using var role = await StageRole.CreateAsync(stage);
        await role.GrantAsync("SELECT, UPDATE", "notes");
        await stage.ExecuteAsync(
            """
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            CREATE POLICY one ON notes USING (tenant = current_setting('app.tenant', true))
            """
        );
        await using var subject = stage.Variant(
            [Entry with { RowLevelSecurity = new RowLevelSecurity("app.tenant", "SELECT 'acme'") }],
            user: role.Name
        );

        Assert.That((await subject.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That(await OpenAsync(stage, "body", 1), Is.EqualTo(Large));
    }

    private static async Task<Stage> CreateAsync(TableEntry? entry = null)
    {
        var stage = await Stage.CreateAsync(entry ?? Entry);
        await stage.ExecuteAsync(
            "CREATE TABLE notes (id int PRIMARY KEY, tenant text, body text, raw bytea, settings jsonb, version int)"
        );
        return stage;
    }

    private static Task InsertAsync(
        Stage stage,
        int id,
        string body,
        string? raw,
        string? key,
        int version = 1
    ) =>
        stage.ExecuteAsync(
            """
            INSERT INTO notes VALUES (@id, 'acme', @body, @raw::bytea,
                                      CASE WHEN @key IS NULL THEN '{"a": 1}' ELSE jsonb_build_object('key', @key) END, @version)
            """,
            new
            {
                id,
                body = Value.Seal(body, "acme", version),
                raw = raw is null ? null : Value.SealBytes(raw, "acme", version),
                key = key is null ? null : Value.Seal(key, "acme", version),
                version,
            }
        );

    private static async Task<string?> OpenAsync(Stage stage, string column, int id) =>
        await stage.ScalarAsync<string?>($"SELECT {column} FROM notes WHERE id = {id} AND version = 2")
            is { } stored
            ? Value.Open(stored, "acme", 2)
            : null;

    private static async Task<string?> OpenRawAsync(Stage stage, int id) =>
        await stage.ScalarAsync<byte[]?>($"SELECT raw FROM notes WHERE id = {id} AND version = 2")
            is { } stored
            ? Value.OpenBytes(stored, "acme", 2)
            : null;
}
