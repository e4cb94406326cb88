using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Scanning;

namespace RotationMesh.IntegrationTests.Scanning;

public sealed class ColumnScanTests
{
    [Test]
    public async Task Undeclared_columns_that_hold_envelopes_are_found_and_no_others()
    {
        await using var fixture = await CreateAsync();

        var found = await ScanAsync(fixture, fixture.Ring);

        Assert.That(
            found.Select(column =>
                (
                    column.Table,
                    column.Column,
                    column.Path,
                    column.Opened.Select(opened => opened.Context).SingleOrDefault()
                )
            ),
            Is.EquivalentTo(
                new (string, string, string?, string?)[]
                {
                    ("public.notes", "forgotten", null, Entries.Context),
                    ("public.other", "raw", null, Entries.Context),
                    ("public.other", "settings", "inner.key", Entries.Context),
                    ("public.other", "foreign_key_text", null, null),
                }
            )
        );
    }

    [Test]
    public async Task Without_keys_columns_are_judged_by_their_looks()
    {
        await using var fixture = await CreateAsync();

        var found = await ScanAsync(fixture, null);

        Assert.That(found.Select(column => column.Opened), Is.All.Empty);
        Assert.That(
            found.Select(column => column.Column).Order(),
            Is.EqualTo(new[] { "foreign_key_text", "forgotten", "raw", "settings" })
        );
    }

    // Undeclared: one beside the declared column, one in bytes, one inside JSON, one under a key of nobody's ring; and
    // columns of text, digests, UUIDs and short base64 that are none.
    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(Entries.Notes with { TenantWhenNull = "company_hq" });
        await fixture.CreateNotesAsync();
        await fixture.ExecuteAsync(
            """
            ALTER TABLE notes ADD COLUMN forgotten text, ADD COLUMN digest text;
            CREATE TABLE other (id int, tenant text, raw bytea, settings jsonb, foreign_key_text text,
                                prose text, uuid text, short text, vacant text)
            """
        );
        for (var i = 0; i < 10; i++)
            await fixture.ExecuteAsync(
                """
                INSERT INTO notes (id, tenant, body, forgotten, digest, version)
                VALUES (@id, 'acme', @body, @body, md5(@id) || md5(@id || 'x'), 1);
                INSERT INTO other VALUES (1, 'acme', @raw,
                    jsonb_build_object('a', 1, 'inner', jsonb_build_object('key', @body)),
                    @foreign, 'some words that are in no way an envelope', gen_random_uuid()::text, 'QUJD', NULL)
                """,
                new
                {
                    id = $"n{i}",
                    body = Value.Seal("plain", "acme"),
                    raw = Value.SealBytes("plain", "acme"),
                    foreign = Value.Seal("a text of some length, so that its bytes look random", "another"),
                }
            );
        return fixture;
    }

    private static async Task<
        IReadOnlyList<(string Table, string Column, string? Path, IReadOnlyList<OpenedEnvelopes> Opened)>
    > ScanAsync(Fixture fixture, KeyRing? ring)
    {
        var scan = await new ColumnScan(
            fixture.Databases,
            ring,
            fixture.Formats,
            fixture.Map,
            ScanDepth.Look
        ).ScanAsync(Fixture.App, CancellationToken.None);
        return
        [
            .. scan.Found()
                .Select(found =>
                    (found.Table.Table, found.Envelopes.Column, found.Envelopes.Path, found.Envelopes.Opened)
                ),
        ];
    }
}
