using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Scanning;

/// <summary>Envelopes are found whatever type of column holds them, and however they are written there.</summary>
public sealed class ScanKindsTests
{
    // Each makes a column of the 60 notes' envelopes; no row of it names its tenant by that word.
    [TestCase("jsonb", "jsonb_build_array(1, body)", "[]")]
    [TestCase(
        "jsonb",
        "jsonb_build_object('list', jsonb_build_array(jsonb_build_object('token', body)))",
        "list[].token"
    )]
    [TestCase("jsonb", "jsonb_build_object('secret', jsonb_build_array(body, body))", "secret[]")]
    [TestCase("json", "json_build_object('a', json_build_object('b', body))", "a.b")]
    [TestCase("json", "replace(json_build_object('a', body)::text, '/', '\\/')::json", "a")]
    [TestCase(
        "json",
        "replace(json_build_object('a', body, 'half-pair', 1)::text, 'half-pair', '\\ud800')::json",
        "a",
        Description = "a name that is no text"
    )]
    [TestCase("jsonb", "to_jsonb(json_build_object('a', body)::text)", "a")]
    [TestCase("text", "json_build_object('a', body)::text", "a")]
    [TestCase("text[]", "ARRAY[title, body]", "[]")]
    [TestCase("jsonb[]", "ARRAY[jsonb_build_object('a', body)]", "[].a")]
    [TestCase("bytea[]", "ARRAY[decode(body, 'base64')]", "[]")]
    [TestCase("secret_text", "body", null)]
    [TestCase("secret_text[]", "ARRAY[body::secret_text]", "[]")]
    [TestCase("pair", "ROW(title, body)::pair", "[]")]
    [TestCase("char(400)", "body", null)]
    [TestCase("citext", "body", null)]
    [TestCase("hstore", "hstore('token', body)", null)]
    [TestCase("xml", "xmlelement(name token, body)", null)]
    [TestCase("text", "'enc:v1:' || body", null)]
    [TestCase("text", "'enc_v1_' || body", null)]
    [TestCase("text", "'v1.' || translate(rtrim(body, '='), '+/', '-_')", null)]
    [TestCase("text", "'$enc$' || body || '$'", null)]
    [TestCase("text", "body || ',' || body", null)]
    [TestCase(
        "text",
        "'https://example.org/?t=' || replace(replace(replace(body, '+', '%2B'), '/', '%2F'), '=', '%3D')",
        null
    )]
    [TestCase("text", "'audit: payload=' || replace(json_build_object('a', body)::text, '/', '\\/')", null)]
    [TestCase("jsonb", "jsonb_build_object(body, 1)", "(names)")]
    [TestCase("text", "translate(body, '+/', '-_')", null)]
    [TestCase("text", "rtrim(body, '=')", null)]
    [TestCase("text", "encode(decode(body, 'base64'), 'hex')", null)]
    [TestCase("text", "upper(encode(decode(body, 'base64'), 'hex'))", null)]
    [TestCase("text", "decode(body, 'base64')::text", null)]
    [TestCase("text", "encode(decode(body, 'base64'), 'base64')", null)]
    [TestCase("text", "encode(convert_to(body, 'UTF8'), 'base64')", null)]
    [TestCase("text", "encode(convert_to(json_build_object('t', body)::text, 'UTF8'), 'base64')", null)]
    [TestCase(
        "text",
        "'eyJhbGciOiJIUzI1NiJ9.' || rtrim(translate(encode(convert_to(json_build_object('t', body)::text, 'UTF8'), 'base64'), '+/' || chr(10), '-_'), '=') || '.c2lnbmF0dXJl'",
        null
    )]
    [TestCase(
        "jsonb",
        "jsonb_build_object('job', encode(convert_to(json_build_object('t', body)::text, 'UTF8'), 'hex'))",
        "job"
    )]
    [TestCase("text", "'enc_v1_' || encode(decode(body, 'base64'), 'hex')", null)]
    [TestCase("text", "'v1-' || encode(decode(body, 'base64'), 'hex') || '-of/a/user'", null)]
    [TestCase("text", "'a tok_' || translate(rtrim(body, '='), '+/', '-_') || '_v1 of a user'", null)]
    [TestCase("text", "'-----BEGINX-----' || rtrim(body, '=') || '-----ENDX-----'", null)]
    [TestCase(
        "text",
        "'stored token' || chr(10) || regexp_replace(body, '(.{20})', '\\1' || chr(10), 'g') || chr(10) || 'for a user'",
        null
    )]
    [TestCase("bytea", "decode(body, 'base64')", null)]
    [TestCase("bytea", "'\\x01'::bytea || decode(body, 'base64')", null)]
    [TestCase("bytea", "convert_to(body, 'UTF8')", null)]
    public async Task Envelopes_are_found_in(string type, string made, string? path)
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            $"CREATE TABLE odd (whose text, held {type}); INSERT INTO odd SELECT tenant, {made} FROM notes"
        );

        var scan = await fixture.ScanAsync();

        var (table, found) = scan.Found().Single(pair => path is null || pair.Envelopes.Path == path);
        Assert.That((table.Table, found.Column), Is.EqualTo(("public.odd", "held")));
        var opened = found.Opened.Single();
        Assert.That((opened.Version, opened.Context), Is.EqualTo((1, Entries.Context)));
        Assert.That(opened.Values, Is.EqualTo(60).Or.EqualTo(120)); // some rows hold the value twice
        Assert.That((table.RowsLookedAt, table.Rows, table.Whole), Is.EqualTo((60L, 60L, true)));
    }

    [Test]
    public async Task A_copy_that_names_no_tenant_is_opened_with_the_tenants_of_the_map_s_tables()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync("CREATE TABLE odd (held text); INSERT INTO odd SELECT body FROM notes");
        Assert.That(
            (await fixture.ScanAsync()).Found().Single().Envelopes.Opened.Single().Values,
            Is.EqualTo(60)
        );
    }

    [Test]
    public async Task Envelopes_behind_sixty_plain_values_and_two_among_five_thousand_rows_are_found()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE TABLE behind (held text);
            INSERT INTO behind SELECT 'plain words number ' || n FROM generate_series(1, 60) n;
            INSERT INTO behind SELECT body FROM notes LIMIT 3;
            CREATE TABLE few (held text);
            INSERT INTO few SELECT repeat('plain words ', 20) || n FROM generate_series(1, 4998) n;
            INSERT INTO few SELECT body FROM notes LIMIT 2;
            """
        );

        var scan = await fixture.ScanAsync();

        Assert.That(
            scan.Found()
                .Select(pair =>
                    (pair.Table.Table, pair.Table.RowsLookedAt, pair.Envelopes.Opened.Single().Values)
                ),
            Is.EquivalentTo(new[] { ("public.behind", 63L, 3L), ("public.few", 5000L, 2L) })
        );
    }

    [Test]
    public async Task Materialised_views_partitions_and_heirs_are_looked_at_once_each()
    {
        await using var fixture = await CreateAsync();
        await fixture.ExecuteAsync(
            """
            CREATE MATERIALIZED VIEW kept AS SELECT tenant, body FROM notes;
            CREATE TABLE parted (n int, held text) PARTITION BY RANGE (n);
            CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
            CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (100);
            INSERT INTO parted SELECT row_number() OVER (), body FROM notes;
            CREATE TABLE parent (held text);
            CREATE TABLE heir () INHERITS (parent);
            INSERT INTO heir SELECT body FROM notes;
            """
        );

        var scan = await fixture.ScanAsync();

        Assert.That(
            scan.Found()
                .Select(pair =>
                    (pair.Table.Table, pair.Envelopes.Column, pair.Envelopes.Opened.Single().Values)
                ),
            Is.EquivalentTo(
                new[]
                {
                    ("public.kept", "body", 60L),
                    ("public.parted", "held", 60L),
                    ("public.heir", "held", 60L),
                }
            )
        );
    }

    [Test]
    public async Task Other_places_of_a_document_that_the_map_names_at_a_path_are_looked_at()
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns = [Entries.Column("doc", "items.0.token"), Entries.Column("body")],
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN doc jsonb");
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync(
            """
            UPDATE notes SET doc = jsonb_build_object('items', jsonb_build_array(
                jsonb_build_object('token', body), jsonb_build_object('token', body)), 'credentials', body)
            """
        );

        var scan = await fixture.ScanAsync();

        Assert.That(
            scan.Found()
                .Select(pair =>
                    (pair.Envelopes.Column, pair.Envelopes.Path, pair.Envelopes.Opened.Single().Values)
                ),
            Is.EquivalentTo(new[] { ("doc", "items[].token", 60L), ("doc", "credentials", 60L) })
        );
    }

    [TestCase("token", "to_jsonb(jsonb_build_object('token', body)::text)")]
    [TestCase("a.token", "jsonb_build_object('a', jsonb_build_object('token', body)::text)")]
    public async Task A_document_inside_a_text_of_another_is_not_where_the_path_of_the_map_leads(
        string path,
        string twice
    )
    {
        await using var fixture = await Fixture.CreateAsync(
            Entries.Notes with
            {
                Columns = [Entries.Column("doc", path), Entries.Column("body")],
            }
        );
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync("ALTER TABLE notes ADD COLUMN doc jsonb");
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync($"UPDATE notes SET doc = {twice}");

        var scan = await fixture.ScanAsync();

        Assert.That(
            scan.Found().Select(pair => (pair.Envelopes.Column, pair.Envelopes.Opened.Single().Values)),
            Is.EqualTo(new[] { ("doc", 60L) })
        );
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(60));
        await fixture.ExecuteAsync(
            """
            CREATE EXTENSION citext; CREATE EXTENSION hstore;
            CREATE DOMAIN secret_text AS text CHECK (value <> '');
            CREATE TYPE pair AS (title text, secret text);
            """
        );
        return fixture;
    }
}
