using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// A row holds its value in the table and names an object of the store as well, and the map's predicate does not call it
/// external. The object may be a rest, or the value that the application reads: nobody knows, so it is told.
/// </summary>
public sealed class WhenRowsNameObjectsBesideTheirValue
{
    private const string Told =
        "2 rows hold a value in column \"body\" and name an object of the store as well, and the map's predicate does not";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Create()
    {
        fixture = await StoreNotes.CreateAsync(
            _ => Task.FromResult(Value.Seal("in the bucket", "acme")),
            version: 1
        );
        await fixture.ExecuteAsync(
            "UPDATE notes SET object_name = 'left of ' || id WHERE id IN ('n00001', 'n00002')"
        );
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_rotation_completes_and_notes_them_and_so_do_its_dry_run_and_verification()
    {
        var tried = await fixture.RotateAsync(dryRun: true);
        var report = await fixture.RotateAsync();
        var verified = await fixture.VerifyAsync();

        Assert.That((tried.State, report.State), Is.EqualTo(("Completed", "Completed")));
        Assert.That(tried.Notes, Has.One.Contains(Told));
        Assert.That(report.Notes, Has.One.Contains(Told));
        Assert.That(verified.Notes, Has.One.Contains(Told));
        Assert.That(verified.Tables.Single().Failed, Is.Zero);
    }

    [Test]
    public async Task The_doctor_warns_of_them()
    {
        var findings = (await fixture.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;

        Assert.That(
            findings.Single(finding => finding.Message.Contains(Told, StringComparison.Ordinal)).Verdict,
            Is.EqualTo(Verdict.Warning)
        );
    }

    [Test]
    public async Task They_keep_every_key_in_service_until_somebody_answers_for_them()
    {
        await fixture.RotateAsync();

        var keys = await fixture.Inspections().ListKeysAsync(CancellationToken.None);
        var refused = await fixture.RetireAsync();
        var retired = await fixture.RetireWithoutAsync("app.public.notes.body");

        Assert.That(keys.Notes, Has.One.Contains(Told));
        Assert.That(keys.Keys.Select(key => key.SafeToRetire), Is.All.False);
        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay,
            Has.One.Contains(Told).And.Contains("--skip-scan-of app.public.notes.body --reason TEXT")
        );
        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(retired.Warnings, Has.One.Contains(Told));
        Assert.That(retired.Warnings, Has.One.Contains("objects that no row of the map's tables names"));
    }

    [Test]
    public async Task Rows_that_name_no_object_or_are_external_are_none_of_them()
    {
        await fixture.ExecuteAsync(
            $"""
            UPDATE notes SET object_name = '' WHERE id = 'n00001';
            DELETE FROM notes WHERE id = 'n00002';
            INSERT INTO notes (id, tenant, body, version, object_name) VALUES ('x1', 'acme', '{StoreNotes.Marker}', 1, 'x1')
            """
        );

        Assert.That((await fixture.VerifyAsync()).Notes, Is.Empty);
    }
}
