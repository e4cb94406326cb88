using RotationMesh.Control.Failures;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Policies;

/// <summary>Behind row-level security, a tenant that is not listed any more is in no count, and may still have rows.</summary>
public sealed class WhenATenantLeavesTheList
{
    private const string Leave = "DELETE FROM public.tenants WHERE id = 'tenant-2'";

    private PolicyFixture fixture = null!;

    [SetUp]
    public async Task Create() =>
        fixture = await PolicyFixture.CreateAsync(
            PolicyFixture.Entry("SELECT id FROM public.tenants"),
            foreignKey: false
        );

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [TestCase("Rotating")]
    [TestCase("Verifying")]
    public async Task It_is_told_after_each_retry_until_it_is_listed_again(string state)
    {
        var report = await fixture.Subject.RotateAcrossAsync(Leave, state);
        var again = await fixture.Subject.RetryAsync(report.RotationId);
        await fixture.Owner.ExecuteAsync("INSERT INTO tenants VALUES ('tenant-2')");
        var listed = await fixture.Subject.RetryAsync(report.RotationId);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(
                report.Reason,
                Does.StartWith("table notes: tenants are not on its list any more")
                    .And.Contain(": tenant-2: list them again")
            );
            Assert.That((again.State, again.Reason), Is.EqualTo((report.State, report.Reason)));
            Assert.That(listed.State, Is.EqualTo("Completed"));
        }

        await fixture.Owner.AssertRotatedAsync();
    }

    [Test]
    public async Task Its_failures_stay()
    {
        await fixture.Owner.ExecuteAsync("UPDATE notes SET body = '(bad)' WHERE id = 'n00002'");

        var report = await fixture.Subject.RotateAcrossAsync(Leave, "Rotating");

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo("n00002"));
    }

    [Test]
    public async Task A_later_rotation_of_all_tenants_makes_its_failures_not_good()
    {
        await fixture.Owner.ExecuteAsync("UPDATE notes SET body = '(bad)' WHERE id = 'n00002'");
        var first = await fixture.Subject.RotateAsync();
        await fixture.Owner.ExecuteAsync(Leave);

        var later = await fixture.Subject.RotateAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Failures, Has.Count.EqualTo(1));
            Assert.That(later.State, Is.EqualTo("CompletedWithFailures"));
            Assert.That(
                later.Reason,
                Does.StartWith("table notes: tenants are not on its list any more")
                    .And.Contain(": tenant-2: ")
            );
            Assert.That(
                (await StandingFailures.ListAsync(fixture.Subject.Control, [], CancellationToken.None)).Sum(
                    failure => failure.Rows
                ),
                Is.EqualTo(1)
            );
        }
    }

    [Test]
    public async Task A_rotation_of_the_tenant_by_name_makes_them_good_and_lets_later_ones_complete()
    {
        await fixture.Owner.ExecuteAsync("UPDATE notes SET body = '(bad)' WHERE id = 'n00002'");
        await fixture.Subject.RotateAsync();
        await fixture.Owner.ExecuteAsync($"{Leave}; DELETE FROM notes WHERE id = 'n00002'");

        var named = await fixture.Subject.RotateAsync(tenants: ["tenant-2"]);
        var later = await fixture.Subject.RotateAsync();

        Assert.That((named.State, later.State), Is.EqualTo(("Completed", "Completed")), later.Reason);
    }

    [Test]
    public async Task Failures_of_another_database_by_the_same_names_hold_nobody_up()
    {
        await using var other = await TestDatabase.CreateAsync();
        await using (var theirs = Fixture.Of(other, fixture.Owner.ConnectionString))
        {
            await theirs.CreateNotesAsync();
            await theirs.InsertAsync([Note.Of("bad") with { Body = "(bad)", Tenant = "tenant-2" }]);
            Assert.That((await theirs.RotateAsync()).State, Is.EqualTo("CompletedWithFailures"));
        }

        await fixture.Owner.ExecuteAsync(Leave);
        var report = await fixture.Subject.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"), report.Reason);
    }

    [Test]
    public async Task One_that_leaves_with_its_rows_is_nothing_to_tell()
    {
        var report = await fixture.Subject.RotateAcrossAsync(
            $"DELETE FROM public.notes WHERE tenant = 'tenant-2'; {Leave}",
            "Verifying"
        );

        Assert.That((report.State, report.Reason), Is.EqualTo(("Completed", (string?)null)));
    }
}
