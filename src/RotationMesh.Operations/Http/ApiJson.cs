using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RotationMesh.Operations.Http;

/// <summary>How documents and orders look as JSON.</summary>
public static class ApiJson
{
    /// <summary>
    /// For whoever reads documents: a later coordinator may tell more than this program knows, but what lacks a member is no
    /// coordinator's.
    /// </summary>
    public static JsonSerializerOptions Documents { get; } = Create(new(JsonSerializerDefaults.Web));

    /// <summary>
    /// For whoever takes orders: a name that is not known is refused as well. Whoever misspells
    /// <c>tenants</c> must not get a rotation of all of them.
    /// </summary>
    public static void BeStrict(JsonSerializerOptions options)
    {
        Create(options);
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 16;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LetTheTokenSayWhoAsks } };
    }

    private static JsonSerializerOptions Create(JsonSerializerOptions options)
    {
        options.Encoder = PrintableEncoder.Instance;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
        return options;
    }

    private static void LetTheTokenSayWhoAsks(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(property => property.Name == "requestedBy"))
            property.IsRequired = false;
    }
}
