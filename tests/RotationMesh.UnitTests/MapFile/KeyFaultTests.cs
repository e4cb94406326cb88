namespace RotationMesh.UnitTests.MapFile;

/// <summary>Each case spoils the small map in one place: its keys.</summary>
public sealed class KeyFaultTests
{
    [TestCase(
        "databases:",
        "database:",
        1,
        "unknown key 'database'",
        "Did you mean 'databases'",
        "Known keys: databases, formats, scopes"
    )]
    [TestCase(
        "tenant: tenantId",
        "tenent: tenantId",
        14,
        "unknown key 'tenent' in scopes.connectors",
        "Did you mean 'tenant'"
    )]
    [TestCase(
        "    connectionString:",
        "    conectionString:",
        3,
        "unknown key 'conectionString' in databases.app",
        "Did you mean 'connectionString'"
    )]
    [TestCase(
        "    salt: pinch",
        "    pepper: pinch",
        7,
        "unknown key 'pepper' in formats.aead",
        "kind, salt, info"
    )]
    [TestCase(
        "path: api.secret",
        "paht: api.secret",
        18,
        "unknown key 'paht' in scopes.connectors.columns.settings",
        "'path'"
    )]
    [TestCase(
        "formats:",
        "keys: { provider: environment, cache: 1 }\nformats:",
        4,
        "unknown key 'cache' in keys"
    )]
    [TestCase(
        "formats:",
        "control: { connection: x }\nformats:",
        4,
        "unknown key 'connection' in control",
        "'connectionString'"
    )]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      rowLevelSecurity: { settings: a.b }",
        16,
        "unknown key 'settings'",
        "'setting'"
    )]
    public void An_unknown_key_is_refused_with_its_line_and_a_near_name(
        string piece,
        string replacement,
        int line,
        params string[] words
    ) => Faults.AssertRefused(piece, replacement, line, words);

    [TestCase(
        "    connectionString: postgres://owner:correct-horse@db/app",
        "    {}",
        2,
        "'connectionString' is missing in databases.app"
    )]
    [TestCase("    kind: hkdf-aes-256-gcm\n", "", 5, "'kind' is missing in formats.aead")]
    [TestCase("    salt: pinch\n", "", 5, "'salt' is missing in formats.aead")]
    [TestCase("    info: \"{tenant}:{context}\"\n", "", 5, "'info' is missing in formats.aead")]
    [TestCase("table: connectors", "tenantWhenNull: x", 11, "'table' is missing in scopes.connectors")]
    [TestCase("      key: id\n", "", 11, "'key' is missing in scopes.connectors")]
    [TestCase("      tenant: tenantId\n", "", 11, "'tenant' is missing in scopes.connectors")]
    [TestCase("      version: keyVersion\n", "", 11, "'version' is missing in scopes.connectors")]
    [TestCase(
        "context: tokens",
        "path: tokens",
        17,
        "'context' is missing in scopes.connectors.columns.accessToken"
    )]
    [TestCase("format: aead, context: tokens", "context: tokens", 17, "'format' is missing")]
    [TestCase("formats:", "keys: {}\nformats:", 4, "'provider' is missing in keys")]
    [TestCase("formats:", "control: {}\nformats:", 4, "'connectionString' is missing in control")]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      rowLevelSecurity: { tenants: SELECT 1 }",
        16,
        "'setting' is missing"
    )]
    public void A_missing_key_is_refused_with_the_line_of_what_lacks_it(
        string piece,
        string replacement,
        int line,
        params string[] words
    ) => Faults.AssertRefused(piece, replacement, line, words);

    [TestCase("formats: {}\nscopes: {}", "rotation.yaml:1: the key 'databases' is missing")]
    [TestCase("databases: {}\nscopes: {}", "rotation.yaml:1: the key 'formats' is missing")]
    [TestCase("# a map\ndatabases: {}\nformats: {}", "rotation.yaml:2: the key 'scopes' is missing")]
    public void A_missing_section_is_refused(string yaml, string refusal) =>
        Assert.That(MapFolder.Refusal(yaml), Is.EqualTo(refusal));

    [Test]
    public void A_table_without_columns_is_refused()
    {
        var start = Maps.Small.IndexOf("      columns:", StringComparison.Ordinal);

        Assert.That(
            MapFolder.Refusal(Maps.Small[..start]),
            Is.EqualTo("rotation.yaml:11: the key 'columns' is missing in scopes.connectors")
        );
        Assert.That(
            MapFolder.Refusal(Maps.Small[..start] + "      columns: {}"),
            Does.StartWith("rotation.yaml:16: scopes.connectors.columns is empty")
        );
    }
}
