using RotationMesh.IntegrationTests.Support;
using RotationMesh.LocalOperations.Records;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class KeyTypeTests
{
    [TestCase("text", "'key ' || i")]
    [TestCase("text", "'käse \"' || i || '\" , {}'")]
    [TestCase("uuid", "gen_random_uuid()")]
    [TestCase("int", "i - 10")]
    [TestCase("bigint", "9223372036854775807 - i")]
    [TestCase("smallint", "i")]
    [TestCase("varchar(20)", "'key ' || i")]
    [TestCase("char(20)", "'key ' || i")]
    [TestCase("numeric(20,3)", "i + 0.125")]
    [TestCase("date", "date '2025-01-01' + i")]
    [TestCase(
        "timestamptz",
        "timestamptz '2025-03-30 00:59:59.123456+00' + i * interval '11 minutes 1 microsecond'"
    )]
    [TestCase("timestamp(3)", "timestamp '2025-03-30 00:59:59.123' + i * interval '7 milliseconds'")]
    [TestCase("bytea", "decode('00ff' || lpad(i::text, 4, '0'), 'hex')")]
    [TestCase("double precision", "i / 7::float8")]
    [TestCase("citext", "'Käse ' || i")]
    public async Task Rows_are_found_by_a_key_of_any_type(string type, string key)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE EXTENSION citext; CREATE TABLE notes (id {type} PRIMARY KEY, tenant text, body text, version int NOT NULL)"
        );
        await fixture.ExecuteAsync(
            $"INSERT INTO notes SELECT {key}, 'acme', @body, 1 FROM generate_series(1, 50) AS i",
            new { body = Value.Seal("the same", "acme") }
        );
        var keys = await fixture.QueryAsync<string>("SELECT id::text FROM notes ORDER BY id");

        var report = await fixture.RotateAsync(batchSize: 7);

        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(50));
        Assert.That(
            await fixture.QueryAsync<string>("SELECT id::text FROM notes ORDER BY id"),
            Is.EqualTo(keys)
        );
        foreach (var body in await fixture.QueryAsync<string>("SELECT body FROM notes"))
            Assert.That(Value.Open(body, "acme", 2), Is.EqualTo("the same"));
    }

    [TestCase("timestamptz", "timestamptz '2023-10-03 06:55:49.1+00' + i * interval '1 microsecond'")]
    [TestCase("timestamp", "timestamp '2023-10-03 06:55:49.1' + i * interval '1 microsecond'")]
    [TestCase("date", "date '2025-01-01' + i")]
    [TestCase("interval", "i * interval '-1 day 2 hours 3.000004 seconds'")]
    [TestCase("bytea", @"decode('00ff5c' || lpad(i::text, 4, '0'), 'hex')")]
    [TestCase("double precision", "i / 7::float8")]
    [TestCase(
        "tstzrange",
        "tstzrange('2023-10-03 06:55:49+00', timestamptz '2023-10-04 00:00+00' + i * interval '1 s')"
    )]
    public async Task Keys_come_back_as_they_went_whatever_form_the_database_shows_them_in(
        string type,
        string key
    )
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE TABLE notes (id {type} PRIMARY KEY, tenant text, body text, version int NOT NULL)"
        );
        await fixture.ExecuteAsync(
            $"INSERT INTO notes SELECT {key}, 'acme', @body, 1 FROM generate_series(1, 50) AS i",
            new { body = Value.Seal("the same", "acme") }
        );
        foreach (
            var setting in new[]
            {
                "datestyle = 'German, DMY'",
                "timezone = 'Asia/Kolkata'",
                "intervalstyle = 'sql_standard'",
                "bytea_output = 'escape'",
                "extra_float_digits = -10",
            }
        )
            await fixture.ExecuteAsync(
                $"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET {setting.Replace("'", "''", StringComparison.Ordinal)}', current_database()); END $$"
            );

        var report = await fixture.RotateAsync(batchSize: 7);

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(50));
    }

    [TestCase("bigint", "\"9007199254740993\"", Description = "readers of JSON round it as a number")]
    [TestCase("int", "2147483647")]
    [TestCase("smallint", "32767")]
    [TestCase("numeric", "\"0.10000000000000000000001\"")]
    public async Task A_failure_names_its_key_as_every_reader_of_JSON_takes_it(string type, string json)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE TABLE notes (id {type} PRIMARY KEY, tenant text, body text, version int);
            INSERT INTO notes VALUES ('{json.Trim('"')}', 'acme', '(bad)', 1)
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That(
            RotationDocuments.Of(report).Failures.Single().Key!["id"]!.ToJsonString(),
            Is.EqualTo(json)
        );
        Assert.That(
            await fixture.ScalarAsync<string>(
                "SELECT (row_key -> 'id')::text FROM rotationmesh.row_failures"
            ),
            Is.EqualTo(json)
        );
    }

    [Test]
    public async Task Rows_are_found_by_a_composite_key_and_its_failures_name_both_parts()
    {
        var entry = Entries.Notes with { Key = Entries.Names("region", "label") };
        await using var fixture = await Fixture.CreateAsync(entry);
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (region int, label text, tenant text, body text, version int,
                                PRIMARY KEY (region, label));
            INSERT INTO notes SELECT i % 5, 'l' || i / 5, 'acme', @body, 1 FROM generate_series(0, 49) AS i;
            UPDATE notes SET body = '(bad)' WHERE region = 3 AND label = 'l4'
            """,
            new { body = Value.Seal("the same", "acme") }
        );

        var report = await fixture.RotateAsync(batchSize: 7);

        Assert.That(report.State, Is.EqualTo("CompletedWithFailures"));
        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(49));
        Assert.That(
            report.Failures.Single().Key.Select(part => (part.Column, part.Value, part.IsNumber)),
            Is.EqualTo(new[] { ("region", "3", true), ("label", "l4", false) })
        );
        Assert.That(
            await fixture.ScalarAsync<long>("SELECT count(*) FROM notes WHERE version = 2"),
            Is.EqualTo(49)
        );
    }
}
