using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Rotation;

/// <summary>Rows that hold no value are counted as such, wherever rows are: nobody says that they were decrypted.</summary>
public sealed class EmptyRowTests
{
    private static readonly TableEntry Entry = Entries.Notes with
    {
        Columns = [Entries.Column("body"), Entries.Column("settings", "remote.token")],
    };

    [Test]
    public async Task A_rotation_counts_the_rows_without_a_value_and_the_values_of_the_others()
    {
        await using var fixture = await CreateAsync();

        var report = await fixture.RotateAsync();

        AssertCounts(report.State, RotationDocuments.Of(report));
        Assert.That(
            report.Decrypted,
            Is.EqualTo(new DecryptedRows(Rows: 10, Values: 9, Empty: 4, Failed: 0))
        );
    }

    [Test]
    public async Task A_dry_run_counts_them_alike()
    {
        await using var fixture = await CreateAsync();

        var report = await fixture.RotateAsync(dryRun: true);

        AssertCounts(report.State, RotationDocuments.Of(report));
        Assert.That(report.Decrypted, Is.EqualTo(new DecryptedRows(Rows: 8, Values: 7, Empty: 3, Failed: 0)));
    }

    [Test]
    public async Task Rows_that_were_at_the_target_version_already_are_among_them()
    {
        await using var fixture = await CreateAsync();
        await fixture.RotateAsync();

        var report = await fixture.RotateAsync();

        var table = report.Tables.Single();
        Assert.That((table.Rotated, table.Current, table.Empty), Is.EqualTo((0, 10, 4)));
    }

    [Test]
    public async Task Verification_counts_values_and_not_rows_alone()
    {
        await using var fixture = await CreateAsync();

        var table = (await fixture.VerifyAsync()).Tables.Single();

        Assert.That(
            (table.Rows, table.Verified, table.Values, table.Empty, table.Failed),
            Is.EqualTo((10, 10, 9, 4, 0))
        );
    }

    [Test]
    public async Task A_row_that_does_not_decrypt_is_not_among_the_rows_that_were_decrypted()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync("UPDATE notes SET body = 'x' || substr(body, 2) WHERE id = 'current'");

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(
            report.Decrypted,
            Is.EqualTo(new DecryptedRows(Rows: 10, Values: 7, Empty: 4, Failed: 1))
        );
        Assert.That(report.Verified, Is.EqualTo(9));
    }

    // At version 1: three rows with one value, two with two, three without any; at version 2 one with two, and one without.
    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(Entry);
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN settings jsonb");
        await fixture.InsertAsync([
            Note.Of("body1"),
            Note.Of("both1"),
            Note.Of("both2"),
            Note.Of("null") with
            {
                Body = null,
            },
            Note.Of("blank") with
            {
                Body = "",
            },
            Note.Of("elsewhere") with
            {
                Body = null,
            },
            Note.Of("path1") with
            {
                Body = null,
            },
            Note.Of("path2") with
            {
                Body = null,
            },
            Note.Of("current", version: 2),
            Note.Of("currentNull", version: 2) with
            {
                Body = null,
            },
        ]);
        foreach (
            var (id, version) in new[]
            {
                ("both1", 1),
                ("both2", 1),
                ("path1", 1),
                ("path2", 1),
                ("current", 2),
            }
        )
            await fixture.ExecuteAsync(
                "UPDATE notes SET settings = jsonb_build_object('remote', jsonb_build_object('token', @token)) WHERE id = @id",
                new { id, token = Value.Seal("token", "acme", version) }
            );
        await fixture.ExecuteAsync(
            """
            UPDATE notes SET settings = '{"remote": {"tokens": "of another name"}}' WHERE id = 'elsewhere';
            UPDATE notes SET settings = '{"remote": {"token": ""}}' WHERE id = 'blank'
            """
        );
        return fixture;
    }

    private static void AssertCounts(string state, RotationDocument document)
    {
        Assert.That(state, Is.EqualTo("Completed"));
        foreach (var totals in document.Scopes.Append(document.Totals))
            Assert.That(
                (totals.Rows, totals.Rotated, totals.Current, totals.Empty, totals.Failed),
                Is.EqualTo((10, 8, 2, 4, 0))
            );
    }
}
