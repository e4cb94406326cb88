using System.Globalization;

namespace RotationMesh.UnitTests.MapFile;

/// <summary>Each case spoils the small map in one place: what its values say.</summary>
public sealed class RuleFaultTests
{
    [TestCase("info: \"{tenant}:{context}\"", "info: \"{context}\"", 8, "formats.aead.info lacks {tenant}")]
    [TestCase("info: \"{tenant}:{context}\"", "info: \"{tenant}\"", 8, "formats.aead.info lacks {context}")]
    [TestCase("  connectors:\n", "  all:\n", 10, "a scope cannot be named 'all'")]
    [TestCase("  connectors:\n", "  All:\n", 10, "a scope cannot be named 'All'")]
    [TestCase("  connectors:\n", "  idle: []\n  connectors:\n", 10, "scopes.idle is an empty list")]
    [TestCase("  connectors:\n", "  idle:\n  connectors:\n", 10, "scopes.idle has no value")]
    [TestCase(
        "  app:\n    connectionString: postgres://owner:correct-horse@db/app",
        "  {}",
        1,
        "databases is empty"
    )]
    [TestCase("path: api.secret", "path: api..secret", 18, "settings.path has an empty part")]
    [TestCase("path: api.secret", "path: .api", 18, "settings.path has an empty part")]
    [TestCase("path: api.secret", "path: api.", 18, "settings.path has an empty part")]
    [TestCase("path: api.secret", "path: $", 18, "settings.path begins with '$'", "credentials.token")]
    [TestCase("path: api.secret", "path: $.secret", 18, "settings.path begins with '$'")]
    [TestCase("path: api.secret", "path: items.*.token", 18, "settings.path has a '*'", "items.0.token")]
    [TestCase("path: api.secret", "path: '*'", 18, "settings.path has a '*'")]
    [TestCase("path: api.secret", "path: 'items[*].token'", 18, "settings.path has a '*'")]
    [TestCase(
        "path: api.secret",
        "path: api.secret, mostlyEmpty: often",
        18,
        "settings.mostlyEmpty is neither true nor false"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      mostlyEmpty: 1",
        16,
        "mostlyEmpty is neither true nor false"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      largestValue: 64",
        16,
        "largestValue is not a size"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      largestValue: 0MB",
        16,
        "largestValue is not a size"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      largestValue: 1001MB",
        16,
        "from 1MB to 1000MB"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      tenantPadding: spaces",
        16,
        "tenantPadding is neither true nor false"
    )]
    public void A_broken_rule_is_refused(string piece, string replacement, int line, params string[] words) =>
        Faults.AssertRefused(piece, replacement, line, words);

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("1.5")]
    [TestCase("one")]
    [TestCase("99999999999")]
    public void A_version_that_is_no_positive_integer_is_refused(string version) =>
        Faults.AssertRefused(
            "version: keyVersion",
            $"version: keyVersion\n      versionWhenNull: {version}",
            16,
            "versionWhenNull is not a positive integer"
        );

    [TestCase("key: id", "key: [id, id]", 13, "the column 'id' stands twice in the key")]
    [TestCase("key: id", "key: accessToken", 13, "the column 'accessToken' is in the key and encrypted")]
    [TestCase("key: id", "key: [id, settings]", 13, "the column 'settings' is in the key and encrypted")]
    [TestCase(
        "key: id",
        "key: [id, keyVersion]",
        15,
        "the column 'keyVersion' is the version and in the key"
    )]
    [TestCase(
        "tenant: tenantId",
        "tenant: settings",
        14,
        "the column 'settings' is the tenant and encrypted"
    )]
    [TestCase(
        "tenant: tenantId",
        "tenant: keyVersion",
        15,
        "the column 'keyVersion' is both version and tenant"
    )]
    [TestCase(
        "version: keyVersion",
        "version: settings",
        15,
        "the column 'settings' is the version and encrypted"
    )]
    public void A_column_with_two_parts_that_exclude_each_other_is_refused(
        string piece,
        string replacement,
        int line,
        params string[] words
    ) => Faults.AssertRefused(piece, replacement, line, words);

    [TestCase("a.b.c", "'a.b.c' has more parts than schema and table")]
    [TestCase("odd-name", "'odd-name' has a part that needs double quotes")]
    [TestCase("'\"open'", "lacks a closing double quote")]
    [TestCase("a.", "a name is empty")]
    public void A_table_name_that_is_none_is_refused_with_the_reason(string table, string reason) =>
        Faults.AssertRefused(
            "table: connectors",
            $"table: {table}",
            11,
            "not the name of a table",
            reason,
            "schema.name"
        );

    [TestCase("key: id", "key: {0}", 13)]
    [TestCase("tenant: tenantId", "tenant: {0}", 14)]
    [TestCase("version: keyVersion", "version: {0}", 15)]
    [TestCase("accessToken: ", "{0}: ", 17)]
    public void A_column_name_that_no_column_can_have_is_refused(
        string piece,
        string replacement,
        int line
    ) =>
        Faults.AssertRefused(
            piece,
            string.Format(CultureInfo.InvariantCulture, replacement, new string('x', 64)),
            line,
            "not the name of a column",
            "longer than 63 bytes"
        );

    [Test]
    public void A_table_that_stands_twice_is_refused_with_both_lines() =>
        Assert.That(
            MapFolder.Refusal(
                Maps.Small
                    + "\n  again:\n    - { table: '\"connectors\"', key: id, tenant: t, version: v, columns: { c: { format: aead, context: c } } }"
            ),
            Does.StartWith("rotation.yaml:20: the table 'connectors' stands in the map already, at line 11")
        );

    [Test]
    public void A_table_that_names_none_of_several_databases_is_refused() =>
        Assert.That(
            MapFolder.Refusal(
                Maps.Spoiled("      database: app\n", "")
                    .Replace(
                        "formats:",
                        "  other:\n    connectionString: Host=other\nformats:",
                        StringComparison.Ordinal
                    )
            ),
            Does.StartWith("rotation.yaml:13: the key 'database' is missing").And.Contains("(app, other)")
        );
}
