using RotationMesh.Core;
using RotationMesh.IntegrationTests.Retiring;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Control;

/// <summary>
/// Texts of every database go to the control database, and JSON has them as escapes: one that can't take them would stop a
/// rotation midway.
/// </summary>
[TestFixture("LATIN1")]
[TestFixture("SQL_ASCII")]
public sealed class WhenTheDatabaseIsNotInUtf8(string encoding)
{
    private TestDatabase control = null!;
    private TestDatabase database = null!;
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        control = await TestDatabase.CreateEncodedAsync(encoding);
        database = await TestDatabase.CreateAsync();
        fixture = Fixture.Of(database, control.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a", "Łódź"), Note.Of("b", "Łódź") with { Body = "(bad)" }]);
    }

    [TearDown]
    public async Task Drop()
    {
        await fixture.DisposeAsync();
        await database.DisposeAsync();
        await control.DisposeAsync();
    }

    [Test]
    public async Task No_rotation_begins_and_doctor_says_why()
    {
        var told = $"the control database has the encoding {encoding}";

        var fault = Assert.ThrowsAsync<UsageException>(() => fixture.RotateAsync(tenants: ["Łódź"]));
        var checks = (await fixture.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;

        Assert.That(fault.Message, Does.StartWith(told).And.Contain("ENCODING 'UTF8'"));
        Assert.That(checks.Single(check => check.Verdict == Verdict.Bad).Message, Is.EqualTo(fault.Message));
        Assert.That(await control.ScalarAsync<bool>("SELECT to_regnamespace('rotationmesh') IS NULL"));
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 1"),
            Is.EqualTo(2)
        );
    }
}
