using System.Globalization;

namespace RotationMesh.CliTests.Verbs;

/// <summary>
/// Tenants, keys, workers and reasons that hold control characters: whoever may write a row of the application must not
/// be able to forge lines of the program's output, or steer the operator's terminal.
/// </summary>
public sealed class ControlCharacterTests
{
    private const string Evil = "\u001b[2Ju\u0007\nCompleted: forged\r\u009b1m\u202e\u200b\ufeff\u2066\u2028";
    private const string Sql =
        @"E'\u001b[2Ju\u0007\nCompleted: forged\r\u009b1m\u202e\u200b\ufeff\u2066\u2028'";

    private Site site = null!;

    [OneTimeSetUp]
    public async Task Rotate()
    {
        site = await Site.LoadAsync("--rows", "60", "--tenants", "2");
        await site.Database.ExecuteAsync(
            $"""
            INSERT INTO tenants SELECT (jsonb_populate_record(t, jsonb_build_object('id', {Sql}))).* FROM tenants t LIMIT 1;
            UPDATE knowledge_entries SET id = id || {Sql}, "tenantId" = {Sql}, content = 'damaged'
            WHERE id IN (SELECT id FROM knowledge_entries ORDER BY id LIMIT 1)
            """
        );
        var rotated = (await site.RunAsync("rotate")).Exits(3);
        AssertHarmless(rotated.Output + rotated.Error);
        await site.Database.ExecuteAsync(
            $"""
            UPDATE rotationmesh.rotations SET requested_by = {Sql}, reason = {Sql};
            INSERT INTO rotationmesh.refusals (rotation_id, worker, reason, refusals)
            SELECT correlation_id, {Sql}, {Sql}, 1 FROM rotationmesh.rotations
            """
        );
    }

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("failures")]
    [TestCase("census")]
    [TestCase("status")]
    [TestCase("list")]
    [TestCase("verify")]
    public async Task They_are_escaped_for_people(string verb)
    {
        var outcome = await site.RunAsync(verb);
        AssertHarmless(outcome.Output + outcome.Error);
        Assert.That(outcome.Output, Does.Contain(@"\u001b[2Ju"));
    }

    [Test]
    public async Task They_are_escaped_in_an_error()
    {
        var outcome = (await site.RunAsync("rotate", "--tenant", "x\u001b[2J\u202e")).Exits(2);
        AssertHarmless(outcome.Output + outcome.Error);
        Assert.That(outcome.Error, Does.Contain(@"\u001b[2J\u202e"));
    }

    [Test]
    public async Task A_document_holds_them_escaped_and_reads_as_they_are()
    {
        var failures = (await site.RunAsync("--output", "json", "failures")).Exits(0);
        AssertHarmless(failures.Output);
        var document = failures.Json();
        Assert.That((string)document["failures"]![0]!["tenant"]!, Is.EqualTo(Evil));
    }

    private static void AssertHarmless(string shown)
    {
        Assert.That(
            shown
                .Where(c =>
                    (char.IsControl(c) && c != '\n')
                    || char.GetUnicodeCategory(c)
                        is UnicodeCategory.Format
                            or UnicodeCategory.LineSeparator
                            or UnicodeCategory.ParagraphSeparator
                )
                .Select(c => (int)c),
            Is.Empty,
            shown
        );
        Assert.That(shown.Split('\n'), Has.None.StartsWith("Completed: forged"));
    }
}
