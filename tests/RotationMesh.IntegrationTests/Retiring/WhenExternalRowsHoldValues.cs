using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>
/// Rows whose value lives elsewhere may hold another value in the table all the same, whatever version they claim. Nobody
/// rotates it, so nobody may say that its key is needed no more.
/// </summary>
public sealed class WhenExternalRowsHoldValues
{
    private Fixture fixture = null!;

    [SetUp]
    public async Task Create() => fixture = await ExternalNotes.CreateAsync();

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_value_beside_an_external_one_keeps_its_key_in_service_whatever_version_the_row_claims()
    {
        await fixture.RotateAsync();
        await fixture.InsertAsync("x1", ExternalNotes.Marker, Value.Seal("a summary", "acme"), version: 2);
        await fixture.InsertAsync("x2", ExternalNotes.Marker, Value.Seal("another", "acme"), version: 2);

        await fixture.AssertKeptAsync("2 external rows", "column summary", "key version 1");

        await fixture.ExecuteAsync("UPDATE notes SET summary = NULL WHERE id LIKE 'x%'");
        Assert.That((await fixture.KeyAsync()).InTheWay.Single(), Does.Contain("2 external values"));
        Assert.That((await fixture.RetireWithoutAsync(ExternalNotes.Places)).Retired);
    }

    [Test]
    public async Task A_value_that_was_left_where_the_external_one_was_keeps_its_key_in_service()
    {
        await fixture.RotateAsync();
        await fixture.InsertAsync("x1", Value.Seal("left behind", "acme"), null, version: 2, "in the bucket");

        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");
    }

    [Test]
    public async Task A_value_behind_a_label_or_too_large_to_come_with_its_row_keeps_its_key_in_service()
    {
        await fixture.RotateAsync();
        await fixture.InsertAsync("x1", $"enc:v1:{Value.Seal("labelled", "acme")}", null, 2, "in the bucket");
        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");
        await fixture.ExecuteAsync("DELETE FROM notes WHERE id = 'x1'");

        await fixture.InsertAsync(
            "x2",
            ExternalNotes.Marker,
            Value.Seal(new string('l', 2_000_000), "acme"),
            version: 2
        );

        await fixture.AssertKeptAsync("1 external rows", "column summary", "key version 1");
    }

    [TestCase("new ", " old ")]
    [TestCase("", ",")]
    public async Task Each_of_several_values_in_a_column_keeps_its_key_in_service(
        string before,
        string between
    )
    {
        await fixture.RotateAsync();
        var both = $"{before}{Value.Seal("new", "acme", 2)}{between}{Value.Seal("old", "acme")}";
        await fixture.InsertAsync("x1", both, null, version: 2, "in the bucket");

        await fixture.AssertKeptAsync("1 external rows", "column body", "key version 1");
    }

    [TestCase("")]
    [TestCase("https://example.com/callback?state=")]
    public async Task Where_the_key_is_not_there_to_tell_what_may_be_an_envelope_keeps_it_in_service(
        string before
    )
    {
        await fixture.RotateAsync();
        var value = before + Value.Seal("a summary", "acme");
        await fixture.InsertAsync("x1", ExternalNotes.Marker, value, version: 2);
        using var ring = TestKeys.Ring().Without([1]);
        var inspections = new LocalInspections(
            fixture.Map,
            () => ring,
            fixture.Databases,
            fixture.Formats,
            fixture.Control
        );
        await fixture.ExecuteAsync("INSERT INTO notes (id, tenant, version) VALUES ('claims', 'acme', 1)");

        var key = (await inspections.ListKeysAsync(CancellationToken.None)).Keys.Single(key =>
            key.Version == 1
        );

        Assert.That(
            string.Join("; ", key.InTheWay),
            Does.Contain("column summary").And.Contain("the key ring lacks the key of version 1")
        );
    }

    [TestCase("")]
    [TestCase("Authorization: Bearer ")]
    public async Task A_value_that_no_key_is_derived_for_keeps_every_key_in_service(string before)
    {
        await fixture.RotateAsync();
        await fixture.InsertAsync(
            "x1",
            ExternalNotes.Marker,
            before + Value.Seal("whose", "acme"),
            version: 2
        );
        await fixture.ExecuteAsync("UPDATE notes SET tenant = NULL WHERE id = 'x1'");

        await fixture.AssertKeptAsync("1 external rows", "column summary", "nobody can tell");
    }

    [Test]
    public async Task Verification_fails_such_a_row_and_the_doctor_names_it()
    {
        await fixture.RotateAsync();
        await fixture.InsertAsync("x1", ExternalNotes.Marker, Value.Seal("a summary", "acme"), version: 2);
        await fixture.InsertAsync("x2", ExternalNotes.Marker, Value.Seal("a summary", "acme", 2), version: 2);

        var report = await fixture.VerifyAsync();

        Assert.That(
            report.Failures.Select(failure => $"{failure.Key.Single().Value} {failure.Error}"),
            Is.EqualTo(["x1 AuthenticationFailed"])
        );
        var table = report.Tables.Single();
        Assert.That((table.Rows, table.Verified, table.External, table.Failed), Is.EqualTo((12, 10, 1, 1)));
        var findings = (await fixture.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;
        Assert.That(
            findings
                .Where(finding => finding.Verdict == Verdict.Bad && finding.Subject == "table notes")
                .Select(finding => finding.Message),
            Has.One.Contains("column summary").And.One.Contains("decrypt with key version 1")
        );
    }

    [Test]
    public async Task A_rotation_does_not_call_itself_complete_where_one_claims_the_target_and_needs_the_old_key()
    {
        await fixture.InsertAsync("x1", ExternalNotes.Marker, Value.Seal("a summary", "acme"), version: 2);

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Reason, Does.Contain("column summary").And.Contain("key version 1"));
    }

    [Test]
    public async Task A_rotation_tells_of_one_that_claims_the_old_version_and_leaves_it_as_it_is()
    {
        await fixture.InsertAsync("x1", ExternalNotes.Marker, Value.Seal("a summary", "acme"), version: 1);
        var before = await fixture.QueryAsync<string>("SELECT t::text FROM notes AS t WHERE id = 'x1'");

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(
            string.Join("; ", report.Notes),
            Does.Contain("1 external rows").And.Contain("column summary").And.Contain("key version 1")
        );
        Assert.That(
            await fixture.QueryAsync<string>("SELECT t::text FROM notes AS t WHERE id = 'x1'"),
            Is.EqualTo(before)
        );
        Assert.That((await fixture.VerifyAsync()).Tables.Single().Failed, Is.Zero);
        await fixture.AssertKeptAsync("1 external rows", "column summary", "key version 1");
    }

    [Test]
    public async Task External_rows_without_such_a_value_are_in_nobody_s_way()
    {
        await fixture.InsertAsync("x1", ExternalNotes.Marker, Value.Seal("a summary", "acme", 2), version: 2);
        await fixture.InsertAsync(
            "x2",
            "s3://knowledge/acme/2025/0b8f5f0e-6f2c-4c59-9d0c-0f4ae7f6b9a1.json",
            null,
            version: 2,
            "in the bucket"
        );
        await fixture.ExecuteAsync("UPDATE notes SET tenant = NULL WHERE id = 'x2'");
        await fixture.InsertAsync(
            "x3",
            "s3://knowledge/acme/2025/0b8f5f0e-6f2c-4c59-9d0c-0f4ae7f6b9a1.json",
            Value.Seal(new string('l', 2_000_000), "acme", 2),
            version: 2,
            "in the bucket"
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.State, report.Notes.Count), Is.EqualTo(("Completed", 0)));
        Assert.That((await fixture.VerifyAsync()).Tables.Single().External, Is.EqualTo(3));
        Assert.That((await fixture.RetireWithoutAsync(ExternalNotes.Places)).InTheWay, Is.Empty);
    }
}
