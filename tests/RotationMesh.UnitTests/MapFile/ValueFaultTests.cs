namespace RotationMesh.UnitTests.MapFile;

/// <summary>Each case spoils the small map in one place: the kind of a value, or a name that refers to another.</summary>
public sealed class ValueFaultTests
{
    [TestCase("key: id", "key: { id: 1 }", 13, "scopes.connectors.key has keys of its own", "one value")]
    [TestCase("key: id", "key: [[id]]", 13, "scopes.connectors.key is a list", "one value")]
    [TestCase("key: id", "key: []", 13, "scopes.connectors.key is an empty list")]
    [TestCase("tenant: tenantId", "tenant: [a, b]", 14, "scopes.connectors.tenant is a list", "one value")]
    [TestCase(
        "{ format: aead, context: tokens }",
        "aead",
        17,
        "columns.accessToken is a single value",
        "keys with values"
    )]
    [TestCase(
        "{ format: aead, context: tokens }",
        "[aead]",
        17,
        "columns.accessToken is a list",
        "keys with values"
    )]
    [TestCase(
        "    - table: connectors\n",
        "      table: connectors\n",
        10,
        "scopes.connectors has keys of its own",
        "a list"
    )]
    [TestCase("salt: pinch", "salt:", 7, "formats.aead.salt has no value")]
    [TestCase("salt: pinch", "salt: ~", 7, "formats.aead.salt has no value")]
    [TestCase("salt: pinch", "salt: ''", 7, "formats.aead.salt is empty")]
    [TestCase("context: tokens", "context: ''", 17, "accessToken.context is empty")]
    [TestCase("formats:", "keys:\nformats:", 4, "keys has no value")]
    [TestCase("formats:", "gates: [workers]\nformats:", 4, "gates is a list", "keys with values")]
    [TestCase("formats:", "[a]: b\nformats:", 4, "the map has a key that is not a name")]
    public void A_value_of_the_wrong_kind_is_refused(
        string piece,
        string replacement,
        int line,
        params string[] words
    ) => Faults.AssertRefused(piece, replacement, line, words);

    [TestCase(
        "database: app",
        "database: ap",
        12,
        "the database 'ap' is not declared",
        "Did you mean 'app'",
        "Declared: app"
    )]
    [TestCase(
        "format: aead, context: tokens",
        "format: aed, context: tokens",
        17,
        "the format 'aed' is not declared",
        "Did you mean 'aead'"
    )]
    [TestCase(
        "kind: hkdf-aes-256-gcm",
        "kind: hkdf-aes-256-gmc",
        6,
        "unknown format kind 'hkdf-aes-256-gmc'",
        "Did you mean 'hkdf-aes-256-gcm'"
    )]
    [TestCase(
        "formats:",
        "keys: { provider: vault }\nformats:",
        4,
        "unknown key provider 'vault'",
        "'environment'"
    )]
    public void A_name_that_is_not_known_is_refused(
        string piece,
        string replacement,
        int line,
        params string[] words
    ) => Faults.AssertRefused(piece, replacement, line, words);
}
