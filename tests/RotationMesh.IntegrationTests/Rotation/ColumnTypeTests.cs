using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class ColumnTypeTests
{
    [TestCase("text")]
    [TestCase("varchar")]
    [TestCase("varchar(200)")]
    [TestCase("char(200)")]
    [TestCase("envelope")]
    [TestCase("short_envelope")]
    public async Task An_envelope_is_rotated_in_a_text_column_of_any_kind(string type)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"""
            CREATE DOMAIN envelope AS text CHECK (length(VALUE) > 10);
            CREATE DOMAIN short_envelope AS varchar(200) NOT NULL;
            CREATE TABLE notes (id int PRIMARY KEY, tenant text, body {type}, version int)
            """
        );
        await fixture.ExecuteAsync(
            "INSERT INTO notes VALUES (1, 'acme', @body, 1)",
            new { body = Value.Seal("plain", "acme") }
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        Assert.That(
            Value.Open(await fixture.ScalarAsync<string>("SELECT body FROM notes"), "acme", 2),
            Is.EqualTo("plain")
        );
    }

    [Test]
    public async Task A_binary_column_keeps_raw_bytes()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id int PRIMARY KEY, tenant text, body bytea, version int);
            INSERT INTO notes VALUES (1, 'acme', @body, 1), (2, 'acme', '', 1), (3, 'acme', NULL, 1),
                                     (4, 'acme', '\x00ff', 1)
            """,
            new { body = Value.SealBytes("plain", "acme") }
        );

        var report = await fixture.RotateAsync();

        var bodies = await fixture.QueryAsync<byte[]?>("SELECT body FROM notes ORDER BY id");
        Assert.That(Value.OpenBytes(bodies[0]!, "acme", 2), Is.EqualTo("plain"));
        Assert.That(bodies[1], Is.Empty);
        Assert.That(bodies[2], Is.Null);
        Assert.That(bodies[3], Is.EqualTo(new byte[] { 0, 255 }));
        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.MalformedEnvelope));
        Assert.That(
            await fixture.QueryAsync<int>("SELECT version FROM notes ORDER BY id"),
            Is.EqualTo(new[] { 2, 2, 2, 1 })
        );
    }

    [TestCase("varchar(59)")]
    [TestCase("char(59)")]
    public async Task A_column_too_short_for_the_new_value_refuses_the_row_and_never_cuts_it(string type)
    {
        // Without its padding the old value fits; written canonically the new one does not.
        var stored = Value.Seal(new string('x', 16), "acme").TrimEnd('=');
        Assert.That(stored, Has.Length.EqualTo(59));
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE TABLE notes (id int PRIMARY KEY, tenant text, body {type}, version int)"
        );
        await fixture.ExecuteAsync("INSERT INTO notes VALUES (1, 'acme', @stored, 1)", new { stored });

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.DatabaseError));
        Assert.That(await fixture.ScalarAsync<string>("SELECT body FROM notes"), Is.EqualTo(stored));
        Assert.That(await fixture.ScalarAsync<int>("SELECT version FROM notes"), Is.EqualTo(1));
    }

    [TestCase("smallint")]
    [TestCase("int")]
    [TestCase("bigint")]
    public async Task The_version_column_may_be_any_whole_number(string type)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version {type})"
        );
        await fixture.InsertAsync(Note.Many(20));

        await fixture.RotateAsync();

        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_version_beyond_every_ring_is_an_unknown_one()
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE notes (id text PRIMARY KEY, tenant text, body text, version bigint);
            INSERT INTO notes VALUES ('a', 'acme', 'x', 9223372036854775807), ('b', 'acme', 'x', 0),
                                     ('c', 'acme', 'x', -5), ('d', 'acme', 'x', 99)
            """
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.Failures, Has.Count.EqualTo(4));
        Assert.That(
            report.Failures.Select(failure => failure.Error),
            Is.All.EqualTo(RowError.UnknownKeyVersion)
        );
    }
}
