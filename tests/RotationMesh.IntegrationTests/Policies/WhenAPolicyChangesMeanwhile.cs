using Npgsql;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Writers;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>A policy that hides rows comes when a rotation has begun: the last count must not go by what is left to be seen.</summary>
public sealed class WhenAPolicyChangesMeanwhile
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Test]
    public async Task The_rotation_does_not_end_before_every_row_is_seen()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await using var application = await fixture.Owner.Source.OpenConnectionAsync();
        await using var transaction = await application.BeginTransactionAsync();
        await RunAsync("SELECT FROM notes WHERE id = 'n00007' FOR UPDATE");

        var rotation = fixture.Subject.RotateAsync();
        await Eventually.Holds(
            async () =>
                rotation.IsCompleted
                || await fixture.Owner.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2")
                    == 64,
            Timeout,
            "all other rows are rotated"
        );
        await RunAsync(
            """
            UPDATE notes SET title = 'deleted' WHERE id = 'n00007';
            CREATE POLICY live ON notes AS RESTRICTIVE USING (title <> 'deleted');
            """
        );
        await transaction.CommitAsync();
        await Eventually.Holds(
            async () =>
                rotation.IsCompleted
                || (await ReasonAsync(fixture.Owner))?.Contains(
                    "restrictive policy live",
                    StringComparison.Ordinal
                ) == true,
            Timeout,
            "the policy is told"
        );
        Assert.That(rotation.IsCompleted, Is.False);

        await fixture.Owner.ExecuteAsync("DROP POLICY live ON notes");

        Assert.That((await rotation).State, Is.EqualTo("Completed"));
        await fixture.Owner.AssertRotatedAsync();

        async Task RunAsync(string sql)
        {
            await using var command = application.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync();
        }
    }

    [TestCase("CREATE POLICY live ON notes AS RESTRICTIVE USING (title <> 'deleted')", "policy live")]
    [TestCase("ALTER ROLE ROLE BYPASSRLS", "was switched on or off")]
    [TestCase("ALTER TABLE notes DISABLE ROW LEVEL SECURITY", "was switched on or off")]
    public async Task What_was_counted_before_is_not_gone_by(string statement, string told)
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        var targets = await fixture.Subject.TargetsAsync();
        var look = new PolicyLook(fixture.Subject.Databases);
        await look.EnsureSameAsync(targets, CancellationToken.None);

        await fixture.Owner.ExecuteAsync(
            statement.Replace("ROLE ROLE", $"ROLE {fixture.Role}", StringComparison.Ordinal)
        );

        Assert.That(
            async () => await look.EnsureSameAsync(targets, CancellationToken.None),
            Throws.TypeOf<UsageException>().With.Message.Contains(told)
        );
    }

    [Test]
    public async Task A_role_that_saw_every_row_and_does_not_any_more_is_noticed()
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await fixture.Owner.ExecuteAsync($"ALTER ROLE {fixture.Role} BYPASSRLS");
        await using var seeing = fixture.Owner.Variant([Entries.Notes], user: fixture.Role);
        var targets = await seeing.TargetsAsync();

        await fixture.Owner.ExecuteAsync($"ALTER ROLE {fixture.Role} NOBYPASSRLS");

        Assert.That(
            async () =>
                await new PolicyLook(seeing.Databases).EnsureSameAsync(targets, CancellationToken.None),
            Throws.TypeOf<UsageException>().With.Message.Contains("only a part of the rows")
        );
    }

    [TestCase("SELECT, UPDATE")]
    [TestCase("SELECT, UPDATE (body, version)")]
    public async Task The_last_count_passes_over_no_row_that_is_hidden_since_the_check(string rights)
    {
        await using var fixture = await PolicyFixture.CreateAsync(PolicyFixture.Entry());
        await using var role = await TestRole.CreateAsync(fixture.Owner);
        await role.GrantAsync(rights, "notes");
        await fixture.Owner.ExecuteAsync($"ALTER ROLE {role.Name} BYPASSRLS");
        await using var seeing = fixture.Owner.Variant([Entries.Notes], user: role.Name);
        var target = (await seeing.TargetsAsync()).Single();
        var count = new SettledCount(seeing.Databases, [target]);
        Assert.That((await CountAsync())?.Counts.Sum(counted => counted.Rows), Is.EqualTo(65));

        await fixture.Owner.ExecuteAsync($"ALTER ROLE {role.Name} NOBYPASSRLS");

        Assert.That(
            CountAsync,
            Throws.TypeOf<PostgresException>().With.Message.Contains("row-level security")
        );

        Task<TableCounted?> CountAsync() =>
            count.CountAsync(target, null, TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    private static async Task<string?> ReasonAsync(Fixture fixture) =>
        (await new RunningRotations(fixture.Control).LatestAsync(1, CancellationToken.None))
            .SingleOrDefault()
            ?.Reason;
}
