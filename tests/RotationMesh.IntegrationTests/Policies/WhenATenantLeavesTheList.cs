using RotationMesh.IntegrationTests.Support;

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
                Does.StartWith("table notes: tenants left its list while the rotation ran")
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
    public async Task One_that_leaves_with_its_rows_is_nothing_to_tell()
    {
        var report = await fixture.Subject.RotateAcrossAsync(
            $"DELETE FROM public.notes WHERE tenant = 'tenant-2'; {Leave}",
            "Verifying"
        );

        Assert.That((report.State, report.Reason), Is.EqualTo(("Completed", (string?)null)));
    }
}
