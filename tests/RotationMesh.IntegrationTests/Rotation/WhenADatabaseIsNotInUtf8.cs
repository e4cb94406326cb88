using Npgsql;
using RotationMesh.Core;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Postgres;
using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>The application's own databases: keys are derived from the texts that they hold, whatever bytes those are there.</summary>
public sealed class WhenADatabaseIsNotInUtf8
{
    private TestDatabase control = null!;

    [SetUp]
    public async Task Create() => control = await TestDatabase.CreateAsync();

    [TearDown]
    public async Task Drop() => await control.DisposeAsync();

    [TestCase("LATIN1", "Crédit d'Orléans")]
    [TestCase("LATIN2", "Łódź")]
    [TestCase("EUC_JP", "東京")]
    [TestCase("SQL_ASCII", "Łódź")]
    public async Task Its_rows_are_rotated_and_those_that_fail_are_told(string encoding, string tenant)
    {
        await using var database = await TestDatabase.CreateEncodedAsync(encoding);
        await using var fixture = Fixture.Of(database, control.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a", tenant), Note.Of("b"), Note.Of(tenant, tenant)]);
        await fixture.InsertAsync([Note.Of($"bad {tenant}", tenant) with { Body = "(bad)" }]);

        var report = await fixture.RotateAsync();
        var chosen = await fixture.RotateAsync(tenants: [tenant], dryRun: true);
        var verified = await fixture.VerifyAsync();
        await fixture.ExecuteAsync("DELETE FROM notes WHERE version = 1");

        Assert.That((report.State, report.Tables[0].Rotated), Is.EqualTo(("CompletedWithFailures", 3L)));
        Assert.That(report.Failures.Single().Tenant, Is.EqualTo(tenant));
        Assert.That(report.Failures.Single().Key.Single().Value, Is.EqualTo($"bad {tenant}"));
        Assert.That(chosen.Tables[0].Failed, Is.EqualTo(1));
        Assert.That(verified.Failures, Has.Count.EqualTo(1));
        await fixture.AssertRotatedAsync();
    }

    // The server hands out the bytes that it has, and nobody can tell which text they are.
    [TestCase("tenant = chr(233)")]
    [TestCase("id = 'b' || chr(233)")]
    public async Task Bytes_that_are_no_text_in_UTF8_are_one_clear_error_before_anything_is_written(
        string change
    )
    {
        await using var database = await TestDatabase.CreateEncodedAsync("SQL_ASCII");
        await using var fixture = Fixture.Of(database, control.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a"), Note.Of("b")]);
        await fixture.ExecuteAsync($"UPDATE notes SET {change} WHERE id = 'b'");

        var fault = Assert.CatchAsync<NpgsqlException>(() => fixture.RotateAsync());

        Assert.That(DatabaseFaults.IsForOperators(fault));
        Assert.That(
            DatabaseFaults.Describe(fault),
            Does.StartWith("a row holds bytes that are no text in UTF-8").And.Contain("SQL_ASCII")
        );
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 1"),
            Is.EqualTo(2)
        );
    }

    [Test]
    public async Task A_tenant_that_its_encoding_cannot_hold_is_one_clear_error()
    {
        await using var database = await TestDatabase.CreateEncodedAsync("LATIN1");
        await using var fixture = Fixture.Of(database, control.ConnectionString);
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync([Note.Of("a")]);

        Assert.That(
            async () => await fixture.RotateAsync(tenants: ["Łódź"]),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.StartsWith("a text has no counterpart in the other encoding")
        );
    }
}
