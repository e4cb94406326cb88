using RotationMesh.Core.Map;

namespace RotationMesh.UnitTests.MapFile;

public sealed class ReadingTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["APP_DATABASE_URL"] = "Host=db;Database=app;Username=owner;Password='a;b'",
    };

    [Test]
    public void A_full_map_is_read_completely()
    {
        var map = MapFolder.Read(Maps.Full, Variables.GetValueOrDefault);

        Assert.Multiple(() =>
        {
            Assert.That(Path.GetFileName(map.Path), Is.EqualTo("rotation.yaml"));
            Assert.That(
                map.Databases,
                Is.EqualTo([new DatabaseEntry("app", Variables["APP_DATABASE_URL"], Line: 2)])
            );
            Assert.That(map.ControlConnectionString, Is.EqualTo("Host=control;Database=rotation"));
            Assert.That(
                map.Formats,
                Is.EqualTo([
                    new FormatEntry(
                        "tenant-aead",
                        "hkdf-aes-256-gcm",
                        "ocsuite-crypto-v1",
                        "{tenant}:{context}"
                    ),
                ])
            );
            Assert.That(
                map.Scopes.Select(scope => (scope.Name, scope.Tables.Count)),
                Is.EqualTo([("connectors", 1), ("knowledge", 2)])
            );
            Assert.That(map.Gates.Select(gate => gate.Name), Is.EqualTo(["bullmq", "snapshot"]));
        });
    }

    [Test]
    public void The_example_is_read_completely()
    {
        var map = MapFolder.Read(
            ExampleMap.Yaml,
            name => name == "REDIS_URL" ? "redis://cache" : $"Host={name}"
        );

        Assert.That(map.Databases.Single().ConnectionString, Is.EqualTo("Host=APP_DATABASE_URL"));
        Assert.That(map.ControlConnectionString, Is.EqualTo("Host=CONTROL_DATABASE_URL"));
        Assert.That(
            map.Tables.Select(table =>
                $"{table.Scope}/{table.Name}: {string.Join(' ', table.Columns.Select(column => column.Name))}"
            ),
            Is.EqualTo([
                "connectors/connectors: encryptedAccessToken encryptedRefreshToken",
                "knowledge/knowledge_entries: content",
                "knowledge/knowledge_sources: configuration",
            ])
        );
        Assert.That(map.Tables.Last().Columns.Single().Path, Is.EqualTo(["credentials"]));
        Assert.That(map.Gates.Select(gate => gate.Name), Is.EqualTo(["bullmq", "snapshot"]));
    }

    [Test]
    public void A_table_without_options_has_none()
    {
        var table = MapFolder.Read(Maps.Full, Variables.GetValueOrDefault).Scopes[0].Tables[0];

        Assert.Multiple(() =>
        {
            Assert.That(table.Scope, Is.EqualTo("connectors"));
            Assert.That(table.Name, Is.EqualTo("connectors"));
            Assert.That(table.Database, Is.EqualTo("app"));
            Assert.That(table.Key, Is.EqualTo([new SqlIdentifier("id")]));
            Assert.That(table.Tenant.Name, Is.EqualTo("tenantId"));
            Assert.That(table.TenantWhenNull, Is.Null);
            Assert.That(table.Version.Name, Is.EqualTo("encryption_key_version"));
            Assert.That(table.VersionWhenNull, Is.Null);
            Assert.That(table.External, Is.Null);
            Assert.That(table.RowLevelSecurity, Is.Null);
            Assert.That(table.Line, Is.EqualTo(15));
            Assert.That(
                table.Columns,
                Is.EqualTo([
                    new ColumnEntry(new("encryptedAccessToken"), "tenant-aead", "connector-tokens", null, 21),
                    new ColumnEntry(
                        new("encryptedRefreshToken"),
                        "tenant-aead",
                        "connector-tokens",
                        null,
                        22
                    ),
                ])
            );
        });
    }

    [Test]
    public void A_table_with_every_option_has_them_all()
    {
        var table = MapFolder.Read(Maps.Full, Variables.GetValueOrDefault).Scopes[1].Tables[0];

        Assert.Multiple(() =>
        {
            Assert.That(table.Key.Select(column => column.Name), Is.EqualTo(["tenantId", "id"]));
            Assert.That(table.TenantWhenNull, Is.EqualTo("company_hq"));
            Assert.That(table.VersionWhenNull, Is.EqualTo(1));
            Assert.That(table.External, Is.EqualTo("content = '__external_storage__'"));
            Assert.That(
                table.RowLevelSecurity,
                Is.EqualTo(new RowLevelSecurity("app.current_tenant_id", "SELECT id FROM tenants"))
            );
        });
    }

    [Test]
    public void A_quoted_table_and_a_path_are_taken_apart()
    {
        var table = MapFolder.Read(Maps.Full, Variables.GetValueOrDefault).Scopes[1].Tables[1];

        Assert.That(table.Table, Is.EqualTo(new SqlName(new("Odd Schema"), new("Knowledge Sources"))));
        Assert.That(table.Columns.Single().Path, Is.EqualTo(["credentials", "token"]));
    }

    [Test]
    public void A_table_that_is_mostly_empty_speaks_for_the_columns_that_do_not()
    {
        var map = MapFolder.Read(
            Maps.Spoiled("version: keyVersion", "version: keyVersion\n      mostlyEmpty: true")
                .Replace("path: api.secret", "path: api.secret, mostlyEmpty: false", StringComparison.Ordinal)
        );

        Assert.That(
            map.Tables.Single().Columns.Select(column => (column.Shown, column.MostlyEmpty)),
            Is.EqualTo([("\"accessToken\"", true), ("\"settings\" (path api.secret)", false)])
        );
    }

    [TestCase("1MB", 1024L * 1024)]
    [TestCase("250 MB", 250L * 1024 * 1024)]
    [TestCase("1000MB", 1000L * 1024 * 1024)]
    public void The_largest_value_of_a_table_may_be_given(string size, long bytes) =>
        Assert.That(
            MapFolder
                .Read(Maps.Spoiled("version: keyVersion", $"version: keyVersion\n      largestValue: {size}"))
                .Tables.Single()
                .LargestValue,
            Is.EqualTo(bytes)
        );

    [Test]
    public void The_largest_value_is_64_MB_where_nobody_says_so() =>
        Assert.That(MapFolder.Read(Maps.Small).Tables.Single().LargestValue, Is.EqualTo(64L * 1024 * 1024));

    [Test]
    public void Columns_may_be_left_out_on_purpose()
    {
        var map = MapFolder.Read(
            Maps.Spoiled(
                "version: keyVersion",
                "version: keyVersion\n      formerColumns: [refreshToken, settings.api.old]"
            )
        );

        Assert.That(
            map.Tables.Single().FormerColumns,
            Is.EqualTo(new[] { "refreshToken", "settings.api.old" })
        );
        Assert.That(MapFolder.Read(Maps.Small).Tables.Single().FormerColumns, Is.Empty);
    }

    [Test]
    public void An_empty_path_is_that_of_the_whole_document()
    {
        var column = MapFolder
            .Read(Maps.Spoiled("path: api.secret", "path: ''"))
            .Tables.Single()
            .Columns.Single(column => column.Path is not null);

        Assert.That(column.Path, Is.Empty);
        Assert.That(column.Shown, Is.EqualTo("\"settings\" (the whole document)"));
    }

    [TestCase("", null)]
    [TestCase("\n      tenantPadding: true", true)]
    [TestCase("\n      tenantPadding: false", false)]
    public void Padding_of_tenants_is_as_it_is_said(string said, bool? expected)
    {
        var map = MapFolder.Read(Maps.Spoiled("version: keyVersion", $"version: keyVersion{said}"));

        Assert.That(map.Tables.Single().TenantPadding, Is.EqualTo(expected));
    }

    [Test]
    public void No_column_is_mostly_empty_where_nobody_says_so() =>
        Assert.That(
            MapFolder.Read(Maps.Small).Tables.Single().Columns.Any(column => column.MostlyEmpty),
            Is.False
        );

    [Test]
    public void Without_a_control_section_the_first_database_is_the_control_database()
    {
        var map = MapFolder.Read(
            Maps.Spoiled("formats:", "  other:\n    connectionString: Host=other\nformats:")
        );

        Assert.That(map.Databases.Select(database => database.Name), Is.EqualTo(["app", "other"]));
        Assert.That(map.ControlConnectionString, Is.EqualTo(map.Databases[0].ConnectionString));
    }

    [Test]
    public void A_table_that_names_no_database_is_in_the_only_one()
    {
        var map = MapFolder.Read(Maps.Spoiled("      database: app\n", ""));

        Assert.That(map.Tables.Single().Database, Is.EqualTo("app"));
    }

    [Test]
    public void An_anchor_may_be_used_again()
    {
        var map = MapFolder.Read(
            Maps.Spoiled("{ format: aead, context: tokens }", "&column { format: aead, context: tokens }")
                + "\n        refreshToken: *column"
        );

        var (first, last) = (map.Tables.Single().Columns[0], map.Tables.Single().Columns[^1]);
        Assert.That((last.Context, last.Line), Is.EqualTo((first.Context, 19)));
    }

    [Test]
    public void The_same_table_may_stand_in_two_databases()
    {
        var map = MapFolder.Read(
            Maps.Spoiled("formats:", "  other:\n    connectionString: Host=other\nformats:")
                + "\n    - { table: connectors, database: other, key: id, tenant: t, version: v, columns: { c: { format: aead, context: c } } }"
        );

        Assert.That(map.Tables.Select(table => table.Database), Is.EqualTo(["app", "other"]));
    }
}
