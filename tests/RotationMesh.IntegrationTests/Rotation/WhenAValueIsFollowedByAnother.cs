using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>
/// A declared value may be followed by another envelope, such as the one before it. The application reads the first alone,
/// and a rewrite would destroy the other: the row stays as it is, and keeps its keys.
/// </summary>
public sealed class WhenAValueIsFollowedByAnother
{
    [TestCase("text", "@value", null)]
    [TestCase("varchar", "@value", null)]
    [TestCase("jsonb", "jsonb_build_object('key', @value)", "key")]
    public async Task Its_row_fails_with_that_cause_and_stays_as_it_is(string type, string made, string? path)
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns = [Entries.Column("body", path)],
            }
        );
        await fixture.ExecuteAsync(
            $"CREATE TABLE notes (id text PRIMARY KEY, tenant text, body {type}, version int)"
        );
        foreach (var (id, value) in new[] { ("one", Value.Seal("text", "acme")), ("two", Two(1, 1)) })
            await fixture.ExecuteAsync(
                $"INSERT INTO notes VALUES (@id, 'acme', {made}, 1)",
                new { id, value }
            );
        var before = await fixture.ScalarAsync<string>("SELECT t::text FROM notes AS t WHERE id = 'two'");

        var dry = await fixture.RotateAsync(dryRun: true);
        var report = await fixture.RotateAsync();

        Assert.That(
            (dry.State, report.State),
            Is.EqualTo(("CompletedWithFailures", "CompletedWithFailures"))
        );
        AssertFailed(dry.Failures);
        AssertFailed(report.Failures);
        Assert.That(
            await fixture.ScalarAsync<string>("SELECT t::text FROM notes AS t WHERE id = 'two'"),
            Is.EqualTo(before)
        );
        Assert.That(
            await fixture.ScalarAsync<int>("SELECT version FROM notes WHERE id = 'one'"),
            Is.EqualTo(2)
        );
        Assert.That((await fixture.RetireAsync()).Retired, Is.False);
    }

    [TestCase(30)]
    [TestCase(2_000_002)]
    public async Task One_at_the_target_version_does_not_verify_and_keeps_the_old_key_in_service(int length)
    {
        await using var fixture = await CreateAsync();
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        await fixture.InsertAsync([Note.Of("two") with { Body = Two(2, 1, length), Version = 2 }]);

        var verified = await fixture.VerifyAsync();
        var key = await fixture.KeyAsync();
        var retired = await fixture.RetireAsync();
        var again = await fixture.RotateAsync();

        AssertFailed(verified.Failures);
        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(retired.Retired, Is.False);
        Assert.That(again.State, Is.EqualTo("CompletedWithFailures"));
        AssertFailed(again.Failures);
    }

    [Test]
    public async Task Once_it_is_cut_off_a_rotation_takes_the_row_along_and_the_key_may_go()
    {
        await using var fixture = await CreateAsync();
        await fixture.InsertAsync([Note.Of("two") with { Body = Two(1, 1) }]);
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));

        await fixture.ExecuteAsync("UPDATE notes SET body = split_part(body, ',', 1) WHERE id = 'two'");
        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That((await fixture.RetireAsync()).Retired, Is.True);
    }

    [Test]
    public async Task Where_most_values_are_so_the_key_is_not_taken_for_a_wrong_one()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            "UPDATE notes SET body = @body, tenant = 'acme'",
            new { body = Two(1, 1) }
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures, Has.Count.EqualTo(30));
    }

    private static void AssertFailed(IReadOnlyList<RowFailure> failures)
    {
        var failure = failures.Single();
        Assert.That(failure.Key.Single().Value, Is.EqualTo("two"));
        Assert.That(failure.Error, Is.EqualTo(RowError.MalformedEnvelope));
        Assert.That(failure.Cause, Does.Contain("another envelope").And.Contain("padding"));
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(30));
        return fixture;
    }

    // The first of them ends in padding.
    private static string Two(int first, int second, int length = 1) =>
        $"{Value.Seal(new string('t', length), "acme", first)},{Value.Seal("a text", "acme", second)}";
}
