using System.Reflection;
using System.Text.Json;
using RotationMesh.MapFile;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.UnitTests.MapFile;

/// <summary>The reader's key sets and the schema's objects are two lists of the same keys.</summary>
public sealed class SchemaAgreementTests
{
    [Test]
    public void Schema_and_reader_know_the_same_keys()
    {
        using var schema = JsonDocument.Parse(MapFolder.Schema);

        var written = StrictObjects(schema.RootElement).Select(Description);

        Assert.That(written, Is.EquivalentTo(ReaderSets().Select(Description)));
    }

    [Test]
    public void Every_property_of_the_schema_explains_itself()
    {
        using var schema = JsonDocument.Parse(MapFolder.Schema);

        var silent = Properties(schema.RootElement)
            .Where(property =>
                !property.Value.TryGetProperty("title", out _)
                || !property.Value.TryGetProperty("description", out _)
            )
            .Select(property => property.Name);

        Assert.That(silent, Is.Empty);
    }

    private static IEnumerable<KeySet> ReaderSets() =>
        typeof(RotationMapReader)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            )
            .Where(field => field.FieldType == typeof(KeySet))
            .Select(field => (KeySet)field.GetValue(null)!);

    private static string Description(KeySet keys) => Description(keys.All, keys.Required);

    private static string Description(JsonElement strict) =>
        Description(
            strict.GetProperty("properties").EnumerateObject().Select(property => property.Name),
            strict.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)
        );

    private static string Description(IEnumerable<string> all, IEnumerable<string> required) =>
        $"{string.Join(' ', all.Order())}; required: {string.Join(' ', required.Order())}";

    private static IEnumerable<JsonElement> StrictObjects(JsonElement element) =>
        Objects(element)
            .Where(candidate =>
                candidate.TryGetProperty("additionalProperties", out var additional)
                && additional.ValueKind == JsonValueKind.False
            );

    private static IEnumerable<JsonProperty> Properties(JsonElement element) =>
        Objects(element)
            .Where(candidate => candidate.TryGetProperty("type", out _))
            .SelectMany(candidate =>
                candidate.TryGetProperty("properties", out var properties)
                    ? properties.EnumerateObject()
                    : default
            );

    private static IEnumerable<JsonElement> Objects(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object =>
            [
                element,
                .. element.EnumerateObject().SelectMany(property => Objects(property.Value)),
            ],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Objects),
            _ => [],
        };
}
