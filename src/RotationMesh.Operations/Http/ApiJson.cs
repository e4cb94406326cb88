using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace RotationMesh.Operations.Http;

/// <summary>Options for documents and orders as JSON.</summary>
public static class ApiJson
{
    /// <summary>
    /// Options for reading documents. Unknown members are allowed, because a later coordinator may send more than this
    /// program knows; a missing required member means that no coordinator sent the document.
    /// </summary>
    public static JsonSerializerOptions Documents { get; } = Create(new(JsonSerializerDefaults.Web));

    /// <summary>
    /// Sets options for reading orders. Unknown names are refused too: a request with a misspelt <c>tenants</c> must not
    /// rotate all tenants.
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
