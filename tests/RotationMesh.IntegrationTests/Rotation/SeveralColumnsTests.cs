using RotationMesh.Core.Map;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Tables.Rows;

namespace RotationMesh.IntegrationTests.Rotation;

public sealed class SeveralColumnsTests
{
    private static readonly TableEntry Entry = Entries.Notes with
    {
        Columns =
        [
            Entries.Column("access"),
            Entries.Column("refresh", context: "other") with
            {
                MostlyEmpty = true,
            },
            Entries.Column("settings", "key"),
            Entries.Column("raw"),
        ],
    };

    [Test]
    public async Task All_columns_of_a_row_move_together_each_under_its_context()
    {
        await using var fixture = await CreateAsync();
        await InsertAsync(fixture, "n1", Value.Seal("b", "acme", context: "other"));

        var report = await fixture.RotateAsync();

        Assert.That(report.State, Is.EqualTo("Completed"));
        var row = await RowAsync(fixture, "n1");
        Assert.That(row.Version, Is.EqualTo(2));
        Assert.That(Value.Open(row.Access!, "acme", 2), Is.EqualTo("a"));
        Assert.That(Value.Open(row.Refresh!, "acme", 2, "other"), Is.EqualTo("b"));
        Assert.That(Value.Open(row.Setting!, "acme", 2), Is.EqualTo("c"));
        Assert.That(Value.OpenBytes(row.Raw!, "acme", 2), Is.EqualTo("d"));
    }

    [Test]
    public async Task What_is_null_stays_null_and_what_is_empty_stays_empty()
    {
        await using var fixture = await CreateAsync();
        await InsertAsync(fixture, "n1", null);
        await InsertAsync(fixture, "n2", "");
        await fixture.ExecuteAsync(
            "INSERT INTO notes VALUES ('n3', 'acme', NULL, NULL, NULL, NULL, 1), ('n4', 'acme', '', '', '{}', '', 1)"
        );

        var report = await fixture.RotateAsync();

        Assert.That(report.Tables.Single().Rotated, Is.EqualTo(4));
        Assert.That((await RowAsync(fixture, "n1")).Refresh, Is.Null);
        Assert.That((await RowAsync(fixture, "n2")).Refresh, Is.Empty);
        Assert.That(await RowAsync(fixture, "n3"), Is.EqualTo(new Row { Version = 2 }));
        var empty = await RowAsync(fixture, "n4");
        Assert.That((empty.Access, empty.Refresh, empty.Setting), Is.EqualTo(("", "", (string?)null)));
    }

    [Test]
    public async Task One_bad_column_leaves_the_whole_row_as_it_is()
    {
        await using var fixture = await CreateAsync();
        await InsertAsync(fixture, "n1", Value.Seal("b", "another tenant", context: "other"));
        await InsertAsync(fixture, "n2", Value.Seal("b", "acme", context: "other"));
        var before = await RowAsync(fixture, "n1");

        var report = await fixture.RotateAsync();

        var after = await RowAsync(fixture, "n1");
        Assert.That(after with { Raw = null }, Is.EqualTo(before with { Raw = null }));
        Assert.That(after.Raw, Is.EqualTo(before.Raw));
        Assert.That(report.Failures.Single().Error, Is.EqualTo(RowError.AuthenticationFailed));
        Assert.That((await RowAsync(fixture, "n2")).Version, Is.EqualTo(2));
        Assert.That(Value.Open((await RowAsync(fixture, "n2")).Access!, "acme", 2), Is.EqualTo("a"));
    }

    private static async Task<Fixture> CreateAsync()
    {
        var fixture = await Fixture.CreateAsync(Entry);
        await fixture.ExecuteAsync(
            "CREATE TABLE notes (id text PRIMARY KEY, tenant text, access text, refresh text, settings jsonb, raw bytea, version int)"
        );
        return fixture;
    }

    private static Task InsertAsync(Fixture fixture, string id, string? refresh) =>
        fixture.ExecuteAsync(
            "INSERT INTO notes VALUES (@id, 'acme', @access, @refresh, jsonb_build_object('key', @setting), @raw, 1)",
            new
            {
                id,
                refresh,
                access = Value.Seal("a", "acme"),
                setting = Value.Seal("c", "acme"),
                raw = Value.SealBytes("d", "acme"),
            }
        );

    private static async Task<Row> RowAsync(Fixture fixture, string id) =>
        (
            await fixture.QueryAsync<Row>(
                "SELECT access, refresh, settings ->> 'key' AS setting, raw, version FROM notes WHERE id = @id",
                new { id }
            )
        ).Single();

    private sealed record Row
    {
        public string? Access { get; init; }

        public string? Refresh { get; init; }

        public string? Setting { get; init; }

        public byte[]? Raw { get; init; }

        public int Version { get; init; }
    }
}
