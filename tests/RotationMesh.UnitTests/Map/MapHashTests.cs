using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.UnitTests.Map;

public sealed class MapHashTests
{
    [Test]
    public void The_hash_of_a_map_is_the_same_in_every_process() =>
        Assert.That(
            MapHash.Of(Map()),
            Is.EqualTo("d9d6fb07bacb305b8984903cb7b7b306b400c626c58d5285f2ef69268c594bc4")
        );

    [Test]
    public void Connection_strings_and_lines_do_not_change_it()
    {
        var other = Map() with
        {
            Path = "elsewhere.yaml",
            Databases = [new DatabaseEntry("app", "Host=other;Password=other", 9)],
            ControlConnectionString = "Host=control",
        };

        Assert.That(MapHash.Of(other), Is.EqualTo(MapHash.Of(Map())));
    }

    private static readonly Func<TableEntry, TableEntry>[] Changes =
    [
        table => table with { Columns = [table.Columns[0] with { Name = new("other") }] },
        table => table with { Columns = [table.Columns[0] with { Context = "other" }] },
        table => table with { Columns = [table.Columns[0] with { Format = "other" }] },
        table => table with { Columns = [table.Columns[0] with { Path = ["other"] }] },
        table => table with { Columns = [table.Columns[0], table.Columns[0] with { Name = new("other") }] },
        table => table with { Table = SqlName.Parse("other") },
        table => table with { Table = SqlName.Parse("app.connectors") },
        table => table with { Key = [new("id"), new("other")] },
        table => table with { Tenant = new("other") },
        table => table with { TenantWhenNull = "other" },
        table => table with { TenantPadding = true },
        table => table with { Only = true },
        table => table with { Version = new("other") },
        table => table with { VersionWhenNull = 1 },
        table => table with { External = "other" },
        table => table with { RowLevelSecurity = new("app.tenant", null) },
    ];

    [Test]
    public void Any_change_of_a_table_changes_it(
        [ValueSource(nameof(Changes))] Func<TableEntry, TableEntry> change
    ) => Assert.That(MapHash.Of(Map(change)), Is.Not.EqualTo(MapHash.Of(Map())));

    private static readonly ExternalStoreEntry Store = new()
    {
        Key = new("storage_key"),
        Column = 0,
        Bucket = "knowledge",
        Endpoint = new Uri("https://s3.internal:9000"),
        Line = 12,
    };

    private static readonly ExternalStoreEntry[] Others =
    [
        Store with
        {
            Bucket = "other",
        },
        Store with
        {
            Key = new("other"),
        },
        Store with
        {
            Column = 1,
        },
        Store with
        {
            Endpoint = new Uri("https://s3.staging:9000"),
        },
        Store with
        {
            Endpoint = null,
        },
        Store with
        {
            Endpoint = null,
            Region = "cn-north-1",
        },
    ];

    [Test]
    public void Another_store_or_another_address_of_it_changes_it()
    {
        var hashes = Others.Append(Store).Select(Hash).ToList();

        Assert.That(hashes, Is.Unique);
    }

    [Test]
    public void The_same_address_of_a_store_written_otherwise_does_not_change_it() =>
        Assert.That(
            Hash(
                Store with
                {
                    Endpoint = new Uri("HTTPS://S3.Internal:9000/"),
                    Region = "eu-central-1",
                    Line = 9,
                }
            ),
            Is.EqualTo(Hash(Store))
        );

    private static string Hash(ExternalStoreEntry store) =>
        MapHash.Of(Map(table => table with { External = "true", ExternalStore = store }));

    [TestCase("/state", "failed")]
    [TestCase("/other", "done")]
    [TestCase(null, null)]
    public void Another_answer_that_a_post_check_expects_changes_it(string? place, string? value) =>
        Assert.That(Hash(place, value), Is.Not.EqualTo(Hash("/state", "done")));

    private static string Hash(string? place, string? value) =>
        MapHash.Of(
            Map() with
            {
                PostChecks =
                [
                    new(
                        "ready",
                        new HttpExpectation
                        {
                            Url = new(new Uri("http://127.0.0.1/ready")),
                            Status = 200,
                            JsonPointer = place,
                            Value = value,
                            Timeout = TimeSpan.FromSeconds(1),
                        }
                    ),
                ],
            }
        );

    [Test]
    public void A_change_of_a_format_changes_it()
    {
        var map = Map();

        Assert.That(
            MapHash.Of(map with { Formats = [map.Formats[0] with { Salt = "other" }] }),
            Is.Not.EqualTo(MapHash.Of(map))
        );
    }

    private static RotationMap Map(Func<TableEntry, TableEntry>? change = null)
    {
        var table = new TableEntry
        {
            Scope = "connectors",
            Table = SqlName.Parse("connectors"),
            Database = "app",
            Key = [new("id")],
            Tenant = new("tenantId"),
            Version = new("keyVersion"),
            Columns = [new ColumnEntry(new("accessToken"), "aead", "tokens", null, 17)],
            Line = 11,
        };
        return new RotationMap
        {
            Path = "rotation.yaml",
            Databases = [new DatabaseEntry("app", "Host=db;Password=secret", 2)],
            ControlConnectionString = "Host=db;Password=secret",
            Formats = [new FormatEntry("aead", "hkdf-aes-256-gcm", "pinch", "{tenant}:{context}")],
            Scopes = [new ScopeEntry("connectors", [change is null ? table : change(table)])],
        };
    }
}
