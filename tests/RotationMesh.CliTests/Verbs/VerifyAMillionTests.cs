namespace RotationMesh.CliTests.Verbs;

/// <summary><c>verify</c> over as many rows as a rotation itself only samples.</summary>
public sealed class VerifyAMillionTests
{
    private const int Rows = 1_000_000;

    [Test]
    public async Task One_row_of_1_000_000_that_was_damaged_after_the_rotation_is_found()
    {
        await using var site = await Site.LoadAsync("--rows", $"{Rows}", "--tenants", "100");
        (await site.RunAsync("rotate", "--verify", "counts")).Exits(0);
        var damaged = await site.Database.ScalarAsync<string>(
            """
            UPDATE knowledge_entries
            SET content = overlay(content placing CASE substr(content, 40, 1) WHEN 'A' THEN 'B' ELSE 'A' END from 40)
            WHERE ctid = (SELECT ctid FROM knowledge_entries OFFSET 654321 LIMIT 1) RETURNING id
            """
        );

        var verified = (await site.RunAsync("--output", "json", "verify")).Exits(3).Json();

        Assert.That(
            verified["failures"]!.AsArray().Select(failure => $"{failure!["key"]!["id"]} {failure["error"]}"),
            Is.EqualTo([$"{damaged} AuthenticationFailed"])
        );
        Assert.That((long)verified["totals"]!["verified"]!, Is.GreaterThan(Rows));
    }
}
