using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class NullTests
{
    [Test]
    public async Task A_row_without_tenant_is_rotated_under_the_tenant_that_stands_for_none()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                TenantWhenNull = "company_hq",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([
            Note.Of("n1", "company_hq") with
            {
                Tenant = null,
            },
            Note.Of("n2", "company_hq"),
            Note.Of("n3"),
        ]);

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
        Assert.That((await fixture.NotesAsync())[0].Tenant, Is.Null);
    }

    [Test]
    public async Task A_row_without_tenant_fails_where_the_map_names_none_for_it()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([
            Note.Of("n1", "company_hq") with
            {
                Tenant = null,
            },
            Note.Of("n2", "company_hq"),
        ]);
        var before = (await fixture.NotesAsync())[0];

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.AuthenticationFailed));
        Assert.That(report.Failures.Single().Tenant, Is.Null);
        Assert.That((await fixture.NotesAsync())[0], Is.EqualTo(before));
        Assert.That((await fixture.NotesAsync())[1].Version, Is.EqualTo(2));
    }

    [Test]
    public async Task Choosing_the_tenant_that_stands_for_none_takes_rows_without_tenant()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                TenantWhenNull = "company_hq",
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([
            Note.Of("n1", "company_hq") with
            {
                Tenant = null,
            },
            Note.Of("n2", "company_hq"),
            Note.Of("n3"),
        ]);

        var report = await fixture.RotateAsync(tenants: ["company_hq"]);

        Assert.That(report.Tables.Single().Rows, Is.EqualTo(2));
        Assert.That((await fixture.NotesAsync()).Select(note => note.Version), Is.EqualTo(new[] { 2, 2, 1 }));
    }

    [Test]
    public async Task A_row_without_version_has_the_one_that_the_map_says()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes with { VersionWhenNull = 3 });
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("n1", version: 3) with { Version = null }, Note.Of("n2")]);

        var report = await fixture.RotateAsync(allowDowngrade: true);

        Assert.That(report.State, Is.EqualTo("Completed"));
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_row_without_version_at_the_target_by_the_map_is_left_alone()
    {
        await using var fixture = await Fixture.CreateAsync(Entries.Notes with { VersionWhenNull = 2 });
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("n1", version: 2) with { Version = null }]);
        var before = await fixture.NotesAsync();

        var report = await fixture.RotateAsync();

        Assert.That(report.Tables.Single().Current, Is.EqualTo(1));
        Assert.That(await fixture.NotesAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task A_row_without_version_fails_where_the_map_says_none()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("n1") with { Version = null }, Note.Of("n2")]);

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.UnknownKeyVersion));
        Assert.That(report.Failures.Single().Version, Is.Null);
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(1));
    }
}
