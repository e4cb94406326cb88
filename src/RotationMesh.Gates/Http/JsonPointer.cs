using System.Globalization;
using System.Text.Json;

namespace RotationMesh.Gates.Http;

/// <summary>Finds elements in a JSON document by JSON pointer (RFC 6901).</summary>
internal static class JsonPointer
{
    /// <summary>Returns the element at the pointer, or null where there is none.</summary>
    public static JsonElement? Find(JsonElement document, string pointer)
    {
        JsonElement? at = document;
        foreach (var step in pointer.Split('/').Skip(1))
            at = Step(
                at,
                step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
            );
        return at;
    }

    private static JsonElement? Step(JsonElement? at, string step) =>
        at switch
        {
            { ValueKind: JsonValueKind.Object } element when element.TryGetProperty(step, out var value) =>
                value,
            { ValueKind: JsonValueKind.Array } element
                when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                    && index < element.GetArrayLength() => element[index],
            _ => null,
        };
}
