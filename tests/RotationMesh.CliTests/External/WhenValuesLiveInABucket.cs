using RotationMesh.TestKit;

namespace RotationMesh.CliTests.External;

/// <summary>Rows whose values live in S3, rotated with all the others.</summary>
public sealed class WhenValuesLiveInABucket
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private StoreSite store = null!;

    private Site Site => store.Site;

    [SetUp]
    public async Task Load() => store = await StoreSite.LoadAsync();

    [TearDown]
    public async Task Drop() => await store.DisposeAsync();

    [Test]
    public async Task Objects_and_rows_reach_the_target_version_and_nothing_else_of_them_changes()
    {
        var before = await Task.WhenAll(store.Rows.Select(row => store.Bucket.GetAsync(row.Key)));

        var rotated = (await Site.RunAsync("--output", "json", "rotate")).Exits(0).Json();

        Assert.That((long)rotated["totals"]!["external"]!, Is.Zero);
        Assert.That((long)rotated["totals"]!["rotated"]!, Is.EqualTo((long)rotated["totals"]!["rows"]!));
        Assert.That((long)rotated["verified"]!, Is.EqualTo((long)rotated["totals"]!["rows"]!));
        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count));
        foreach (var (row, old) in store.Rows.Zip(before))
        {
            var now = await store.Bucket.GetAsync(row.Key);
            Assert.That(await store.OpenAsync(row, 2), Is.EqualTo(StoreSite.Plaintext(row)));
            Assert.That(Without(now.Body), Is.EqualTo(Without(old.Body)));
            Assert.That(now with { Body = "", ETag = "" }, Is.EqualTo(old with { Body = "", ETag = "" }));
        }

        (await Site.RunAsync("verify")).Exits(0);
        Site.HoldKeys(2);
        (await Site.RunAsync("verify")).Exits(0);
    }

    [Test]
    public async Task An_object_that_is_there_already_only_moves_its_row()
    {
        var ahead = store.Rows.Take(10).ToList();
        var tags = new List<string>();
        foreach (var row in ahead)
            tags.Add(await store.Bucket.PutAsync(row.Key, StoreSite.Document(row, 2)));

        (await Site.RunAsync("rotate")).Exits(0);

        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count));
        foreach (var (row, tag) in ahead.Zip(tags))
            Assert.That((await store.Bucket.GetAsync(row.Key)).ETag, Is.EqualTo(tag), "written again");
    }

    [Test]
    public async Task A_run_that_is_killed_between_object_and_row_is_healed_by_the_next()
    {
        // Rows wait for as long as the test likes when they are written after their objects, not when they are tried.
        await Site.Database.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF pg_advisory_unlock(hashtext(OLD.id)) THEN PERFORM pg_sleep(20);
             ELSE PERFORM pg_advisory_lock(hashtext(OLD.id)); END IF; RETURN NEW; END';
            CREATE TRIGGER slow BEFORE UPDATE ON knowledge_entries FOR EACH ROW
            WHEN (OLD.content = '__external_storage__') EXECUTE FUNCTION slow();
            """
        );
        await using (var run = Site.Command("rotate", "--only", "knowledge").Start())
        {
            await Eventually.Holds(
                async () => await store.OpenedAsync(2) > 0,
                Deadline,
                "the first objects are at version 2"
            );
            run.Kill();
        }

        Assert.That(await store.AtVersionAsync(1), Is.EqualTo(store.Rows.Count));
        await Site.Database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );
        await Site.Database.ExecuteAsync("DROP TRIGGER slow ON knowledge_entries");
        (await Site.RunAsync("rotate", "--only", "knowledge")).Exits(0);

        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count));
        Assert.That(await store.OpenedAsync(2), Is.EqualTo(store.Rows.Count));
    }

    [Test]
    public async Task Objects_that_are_missing_tampered_with_or_no_documents_are_failures_and_the_rest_is_rotated()
    {
        await store.Bucket.DeleteAsync(store.Rows[0].Key);
        await store.Bucket.PutAsync(store.Rows[1].Key, "no json");
        await store.Bucket.PutAsync(store.Rows[2].Key, """{ "encrypted": "short" }""");
        await store.Bucket.PutAsync(
            store.Rows[3].Key,
            StoreSite.Document(store.Rows[3] with { Tenant = "other" }, 1)
        );
        await Site.Database.ExecuteAsync(
            $"UPDATE knowledge_entries SET storage_key = NULL WHERE id = '{store.Rows[5].Id}'"
        );

        var run = (await Site.RunAsync("--output", "json", "rotate")).Exits(3);

        Assert.That(
            run.Json()["failures"]!
                .AsArray()
                .Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}")
                .Order(),
            Is.EqualTo(
                new[]
                {
                    $"{store.Rows[0].Id} ExternalValueMissing",
                    $"{store.Rows[1].Id} MalformedEnvelope",
                    $"{store.Rows[2].Id} MalformedEnvelope",
                    $"{store.Rows[3].Id} AuthenticationFailed",
                    $"{store.Rows[5].Id} ExternalValueMissing",
                }.Order()
            )
        );
        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count - 5));
        Assert.That(
            (await Site.RunAsync("report")).Exits(0).ToString() + run,
            Does.Not.Contain(store.Rows[0].Key).And.Not.Contains(store.Bucket.Server.SecretAccessKey)
        );
        await store.Bucket.PutAsync(store.Rows[0].Key, StoreSite.Document(store.Rows[0], 1));
        (await Site.RunAsync("retry", "--error", "ExternalValueMissing")).Exits(3);
        Assert.That(await store.OpenAsync(store.Rows[0], 2), Is.EqualTo(StoreSite.Plaintext(store.Rows[0])));
    }

    [TestCase("RETURN NULL")]
    [TestCase("RAISE 'archived rows stay as they are'")]
    [TestCase("NEW.encryption_key_version := 1; RETURN NEW")]
    public async Task The_object_of_a_row_that_the_database_does_not_write_stays_as_it_was(string body)
    {
        var row = store.Rows[7];
        await Site.Database.ExecuteAsync(
            $"""
            CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body}; END$$;
            CREATE TRIGGER pass BEFORE UPDATE ON knowledge_entries FOR EACH ROW WHEN (OLD.id = '{row.Id}')
            EXECUTE FUNCTION pass();
            """
        );

        var failure = (await Site.RunAsync("--output", "json", "rotate")).Exits(3).Json()["failures"]!
            .AsArray()
            .Single()!;

        Assert.That(await store.OpenAsync(row, 1), Is.EqualTo(StoreSite.Plaintext(row)));
        Assert.That(
            $"{failure["key"]!["id"]} {failure["error"]}: {failure["cause"]}",
            Does.StartWith($"{row.Id} DatabaseError: ").And.Not.Contains("object")
        );
        Assert.That(await store.AtVersionAsync(2), Is.EqualTo(store.Rows.Count - 1));
    }

    [Test]
    public async Task A_store_that_refuses_is_a_failure_of_its_rows_and_moves_none_of_them()
    {
        Site.Variables["AWS_SECRET_ACCESS_KEY"] = "wrong-0123456789";

        var run = (await Site.RunAsync("--output", "json", "rotate")).Exits(3);

        Assert.That(
            run.Json()["failures"]!.AsArray().Select(failure => (string)failure!["error"]!).Distinct(),
            Is.EqualTo(["StoreError"])
        );
        Assert.That(await store.AtVersionAsync(1), Is.EqualTo(store.Rows.Count));
        Assert.That(run.ToString(), Does.Not.Contain("wrong-0123456789"));
    }

    [Test]
    public async Task The_doctor_tells_whether_the_store_can_be_read()
    {
        Assert.That(
            (await Site.RunAsync("doctor")).Exits(0).Output,
            Does.Contain("external store: an object of its rows can be read, and could be replaced")
        );
        Site.Variables["AWS_ACCESS_KEY_ID"] = "nobody";

        var bad = (await Site.RunAsync("doctor")).Exits(2);

        Assert.That(bad.Output, Does.Contain("external store: the store answered with status 403"));
        Assert.That(bad.ToString(), Does.Not.Contain(store.Bucket.Server.SecretAccessKey));
    }

    [Test]
    public async Task A_dry_run_reads_objects_and_writes_none()
    {
        await store.Bucket.PutAsync(store.Rows[1].Key, "no json");
        var before = await Task.WhenAll(store.Rows.Select(row => store.Bucket.GetAsync(row.Key)));

        (await Site.RunAsync("rotate", "--dry-run")).Exits(3);

        Assert.That(
            await Task.WhenAll(store.Rows.Select(row => store.Bucket.GetAsync(row.Key))),
            Is.EqualTo(before)
        );
        Assert.That(await store.AtVersionAsync(1), Is.EqualTo(store.Rows.Count));
    }

    [Test]
    public async Task Verification_finds_one_object_that_was_damaged_after_the_rotation()
    {
        (await Site.RunAsync("rotate")).Exits(0);
        var damaged = store.Rows[17];
        await store.Bucket.PutAsync(damaged.Key, StoreSite.Document(damaged, 1));

        var verified = (await Site.RunAsync("--output", "json", "verify")).Exits(3).Json();

        Assert.That(
            verified["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{damaged.Id} AuthenticationFailed"])
        );
    }

    [Test]
    public async Task A_row_with_its_value_in_the_bucket_keeps_its_key_version_in_service()
    {
        (await Site.RunAsync("rotate")).Exits(0);
        (await Site.RunAsync("keys", "retire", "1")).Exits(0);
        await using var other = await StoreSite.LoadAsync(external: 4);
        await other.Bucket.DeleteAsync(other.Rows[0].Key);
        (await other.Site.RunAsync("rotate")).Exits(3);

        Assert.That(
            (await other.Site.RunAsync("keys", "retire", "1")).Exits(4).Output,
            Does.Contain("1 rows claim version 1")
        );
    }

    private static string Without(string document) =>
        System.Text.RegularExpressions.Regex.Replace(document, "\"encrypted\":\"[^\"]*\"", "");
}
