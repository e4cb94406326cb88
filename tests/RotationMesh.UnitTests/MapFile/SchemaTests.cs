using NJsonSchema;
using YamlDotNet.Serialization;

namespace RotationMesh.UnitTests.MapFile;

public sealed class SchemaTests
{
    [TestCase(ExampleMap.Yaml)]
    [TestCase(Maps.Full)]
    [TestCase(Maps.Small)]
    [TestCase(GatedMap.Yaml)]
    [TestCase(Maps.Small + "\ngates: { keys: { workers: 3 } }")]
    public async Task The_schema_accepts_a_valid_map(string yaml) =>
        Assert.That(await Faults(yaml), Is.Empty);

    [TestCase("databases:", "database:")]
    [TestCase("tenant: tenantId", "tenent: tenantId")]
    [TestCase("    connectionString:", "    conectionString:")]
    [TestCase("path: api.secret", "paht: api.secret")]
    [TestCase("formats:", "keys: { provider: environment, cache: 1 }\nformats:")]
    [TestCase(
        "version: keyVersion",
        "version: keyVersion\n      rowLevelSecurity: { setting: a.b, settings: a.b }"
    )]
    [TestCase("      key: id\n", "")]
    [TestCase("key: id", "key: []")]
    [TestCase("kind: hkdf-aes-256-gcm", "kind: rot13")]
    [TestCase("info: \"{tenant}:{context}\"", "info: \"{tenant}\"")]
    [TestCase("version: keyVersion", "version: keyVersion\n      versionWhenNull: 0")]
    [TestCase("path: api.secret", "path: api..secret")]
    [TestCase("path: api.secret", "path: $")]
    [TestCase("path: api.secret", "path: $.secret")]
    [TestCase("path: api.secret", "path: items.*.token")]
    [TestCase("path: api.secret", "path: api.secret, mostlyEmpty: often")]
    [TestCase("version: keyVersion", "version: keyVersion\n      mostlyEmpty: 1")]
    [TestCase("version: keyVersion", "version: keyVersion\n      largestValue: 1001MB")]
    [TestCase("version: keyVersion", "version: keyVersion\n      tenantPadding: spaces")]
    [TestCase("version: keyVersion", "version: keyVersion\n      formerColumns: refreshToken")]
    [TestCase("version: keyVersion", "version: keyVersion\n      formerColumns: []")]
    public async Task The_schema_rejects_what_the_reader_refuses(string piece, string replacement)
    {
        var spoiled = Maps.Spoiled(piece, replacement);

        Assert.That(await Faults(spoiled), Is.Not.Empty);
        Assert.That(MapFolder.Refusal(spoiled), Is.Not.Empty);
    }

    [TestCase("  snapshot:", "  snapshots:")]
    [TestCase("[sync-connector, alerts]", "[]")]
    [TestCase("[sync-connector, alerts]", "[a, a]")]
    [TestCase("drainTimeout: 5m", "drainTimeout: 5")]
    [TestCase("        value: true\n", "")]
    [TestCase("pointer: /workers/paused", "pointer: workers")]
    [TestCase("timeout: 3s", "timout: 3s")]
    [TestCase("- kubernetes:", "- http: { url: http://a }\n      kubernetes:")]
    [TestCase("maxAge: 24h", "maxAge: 24h, file: /b")]
    [TestCase("name: export\n", "status: 200\n")]
    [TestCase("name: export\n", "name: an export\n")]
    [TestCase("    value: done\n", "")]
    [TestCase("timeout: 45s", "timout: 45s")]
    public async Task The_schema_rejects_the_gates_that_the_reader_refuses(string piece, string replacement)
    {
        var spoiled = GatedMap.Spoiled(piece, replacement);

        Assert.That(await Faults(spoiled), Is.Not.Empty);
        Assert.That(MapFolder.Refusal(spoiled), Is.Not.Empty);
    }

    private static async Task<IEnumerable<string>> Faults(string yaml)
    {
        var document = new DeserializerBuilder()
            .WithAttemptingUnquotedStringTypeDeserialization()
            .Build()
            .Deserialize(yaml);
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(document!);
        var schema = await JsonSchema.FromJsonAsync(MapFolder.Schema);
        return schema.Validate(json).Select(fault => fault.ToString());
    }
}
