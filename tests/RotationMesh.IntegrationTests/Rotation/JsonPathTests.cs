using System.Text.Json.Nodes;
using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class JsonPathTests
{
    private static readonly TableEntry Entry = Entries.Notes with
    {
        Columns = [Entries.Column("settings", "remote.credentials")],
    };

    [Test]
    public async Task A_nested_string_is_rotated_and_the_rest_of_the_document_stays()
    {
        await using var fixture = await CreateAsync(
            new JsonObject
            {
                ["a"] = new JsonArray(1, "two", null),
                ["remote"] = new JsonObject
                {
                    ["credentials"] = Value.Seal("plain", "acme"),
                    ["credentials2"] = "in the clear",
                },
            }
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        var settings = JsonNode.Parse(await fixture.ScalarAsync<string>("SELECT settings FROM notes"))!;
        Assert.That(Value.Open((string)settings["remote"]!["credentials"]!, "acme", 2), Is.EqualTo("plain"));
        settings["remote"]!["credentials"] = null;
        Assert.That(
            settings.ToJsonString(),
            Is.EqualTo("""{"a":[1,"two",null],"remote":{"credentials":null,"credentials2":"in the clear"}}""")
        );
    }

    [TestCase("{}")]
    [TestCase("""{"remote": {}}""")]
    [TestCase("""{"remote": null}""")]
    [TestCase("""{"remote": 5}""")]
    [TestCase("""{"remote": {"credentials": null}}""")]
    [TestCase("""{"remote": {"credentials": ""}}""")]
    [TestCase("null")]
    [TestCase("[]")]
    public async Task A_document_without_the_string_stays_and_its_row_moves_on(string document)
    {
        await using var fixture = await CreateAsync(
            JsonNode.Parse(document),
            Entry with
            {
                Columns = [Entry.Columns[0] with { MostlyEmpty = true }],
            }
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Single().Empty, Is.EqualTo(1));
        Assert.That(await fixture.ScalarAsync<int>("SELECT version FROM notes"), Is.EqualTo(2));
        Assert.That(
            await fixture.ScalarAsync<bool>("SELECT settings = @document::jsonb FROM notes", new { document })
        );
    }

    [TestCase("5")]
    [TestCase("true")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""["ENVELOPE"]""")]
    [TestCase("""{"": "ENVELOPE"}""")]
    [TestCase("""{"inner": "ENVELOPE"}""")]
    public async Task What_is_no_string_stays_and_fails_even_where_it_holds_an_envelope(string value)
    {
        var credentials = value.Replace("ENVELOPE", Value.Seal("plain", "acme"), StringComparison.Ordinal);
        var document = $"{{\"remote\": {{\"credentials\": {credentials}}}}}";
        await using var fixture = await CreateAsync(JsonNode.Parse(document));

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.MalformedEnvelope));
        Assert.That(await fixture.ScalarAsync<int>("SELECT version FROM notes"), Is.EqualTo(1));
        Assert.That(
            await fixture.ScalarAsync<bool>("SELECT settings = @document::jsonb FROM notes", new { document })
        );
    }

    [Test]
    public async Task A_path_with_quotes_is_a_path_and_no_sql()
    {
        var entry = Entry with
        {
            Columns = [Entries.Column("settings", "it's \"odd\".x'); DROP TABLE notes; --")],
        };
        await using var fixture = await CreateAsync(
            new JsonObject
            {
                ["it's \"odd\""] = new JsonObject
                {
                    ["x'); DROP TABLE notes; --"] = Value.Seal("plain", "acme"),
                },
            },
            entry
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(1));
    }

    [Test]
    public async Task A_document_that_is_the_string_itself_is_rotated_by_an_empty_path()
    {
        var entry = Entry with { Columns = [Entry.Columns[0] with { Path = [] }] };
        await using var fixture = await CreateAsync(JsonValue.Create(Value.Seal("plain", "acme")), entry);
        await fixture.ExecuteAsync(
            "INSERT INTO notes VALUES (2, 'acme', 'null', 1), (3, 'acme', NULL, 1), (4, 'acme', '\"\"', 1), (5, 'acme', '{}', 1)"
        );

        var report = await fixture.RotateAsync();

        Assert.That((report.Tables[0].Rotated, report.Tables[0].Failed), Is.EqualTo((4L, 1L)));
        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.MalformedEnvelope));
        var value = await fixture.ScalarAsync<string>("SELECT settings::text FROM notes WHERE id = 1");
        Assert.That(Value.Open((string)JsonNode.Parse(value)!, "acme", 2), Is.EqualTo("plain"));
        Assert.That(
            await fixture.QueryAsync<string>(
                "SELECT coalesce(settings::text, 'NULL') FROM notes WHERE id > 1 ORDER BY id"
            ),
            Is.EqualTo(["null", "NULL", "\"\"", "{}"])
        );
        Assert.That((await fixture.VerifyAsync()).Failures, Has.Count.EqualTo(1));
    }

    private static async Task<Fixture> CreateAsync(JsonNode? settings, TableEntry? entry = null)
    {
        var fixture = await Fixture.CreateAsync(entry ?? Entry);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id int PRIMARY KEY, tenant text, settings jsonb, version int);
            INSERT INTO notes VALUES (1, 'acme', @settings::jsonb, 1)
            """,
            new { settings = settings?.ToJsonString() ?? "null" }
        );
        return fixture;
    }
}
