using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Large values that can't be rotated: each fails alone, as a small one does.</summary>
public sealed class LargeValueFailureTests
{
    [Test]
    public async Task One_that_is_larger_than_the_map_allows_fails_with_its_size_and_holds_up_no_other()
    {
        await using var fixture = await LargeNotes.CreateAsync(
            LargeNotes.Entry with
            {
                LargestValue = 2 * 1024 * 1024,
            }
        );
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        await LargeNotes.InsertAsync(fixture, 2, "small", null, null);
        var before = await fixture.ScalarAsync<string>("SELECT md5(body) FROM notes WHERE id = 1");

        var dry = await fixture.RotateAsync(dryRun: true);
        var report = await fixture.RotateAsync();

        Assert.That(dry.Failures.Single().Error, Is.EqualTo(RowError.ValueTooLarge));
        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        var failure = report.Failures.Single();
        Assert.That(failure.Error, Is.EqualTo(RowError.ValueTooLarge));
        Assert.That(
            failure.Size,
            Is.EqualTo(await fixture.ScalarAsync<int>("SELECT octet_length(body) FROM notes WHERE id = 1"))
        );
        Assert.That(await fixture.ScalarAsync<int>("SELECT version FROM notes WHERE id = 2"), Is.EqualTo(2));
        Assert.That(
            await fixture.ScalarAsync<string>("SELECT md5(body) FROM notes WHERE id = 1 AND version = 1"),
            Is.EqualTo(before)
        );
    }

    [Test]
    public async Task One_that_a_trigger_passes_over_fails_with_the_trigger()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        await LargeNotes.InsertAsync(fixture, 2, "small", null, null);
        await fixture.ExecuteAsync(
            """
            CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER skip BEFORE UPDATE ON notes FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION skip()
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures.Single().Cause, Does.Contain("skip"));
        Assert.That(await fixture.ScalarAsync<int>("SELECT version FROM notes WHERE id = 2"), Is.EqualTo(2));
    }

    [Test]
    public async Task One_at_the_target_that_is_too_large_to_be_verified_is_told()
    {
        await using var fixture = await LargeNotes.CreateAsync(
            LargeNotes.Entry with
            {
                LargestValue = 2 * 1024 * 1024,
            }
        );
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null, version: 2);
        await LargeNotes.InsertAsync(fixture, 2, "small", null, null);

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.ValueTooLarge));
    }

    [Test]
    public async Task One_that_does_not_decrypt_fails_as_a_small_one_does()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        await LargeNotes.InsertAsync(fixture, 2, LargeNotes.Text, LargeNotes.Text, null);
        await LargeNotes.InsertAsync(fixture, 3, LargeNotes.Text, null, null);
        await fixture.ExecuteAsync(
            """
            UPDATE notes SET body = overlay(body placing 'AAAA' from 1000000) WHERE id = 1;
            UPDATE notes SET raw = overlay(raw placing '\x00000000' from 1000000) WHERE id = 2;
            UPDATE notes SET version = 9 WHERE id = 3
            """
        );

        var report = await fixture.RotateAsync();

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
            await fixture.QueryAsync<int>("SELECT version FROM notes ORDER BY id"),
            Is.EqualTo(new[] { 1, 1, 9 })
        );
    }

    [Test]
    public async Task One_that_the_database_refuses_fails_alone()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        await LargeNotes.InsertAsync(fixture, 1, LargeNotes.Text, null, null);
        await LargeNotes.InsertAsync(fixture, 2, LargeNotes.Text, null, null);
        await fixture.ExecuteAsync("ALTER TABLE notes ADD CHECK (id <> 1 OR version = 1)");

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.DatabaseError));
        Assert.That(await LargeNotes.OpenAsync(fixture, "body", 2), Is.EqualTo(LargeNotes.Text));
    }

    [Test]
    public async Task A_wrong_key_is_noticed_where_all_values_are_large()
    {
        await using var fixture = await LargeNotes.CreateAsync();
        for (var id = 0; id < 22; id++)
            await LargeNotes.InsertAsync(fixture, id, LargeNotes.Text, null, null);
        await using var wrong = fixture.Variant(ring: TestKeys.RingWithWrong(1));

        Assert.That(
            async () => await wrong.RotateAsync(),
            Throws.TypeOf<UsageException>().With.Message.Contains("the key of version 1")
        );
    }
}
