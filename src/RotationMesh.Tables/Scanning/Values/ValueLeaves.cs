using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace RotationMesh.Tables.Scanning.Values;

/// <summary>
/// Finds the texts in a value of any type: strings of a JSON document (also of one that is kept as text or inside another),
/// elements of arrays, fields of rows, values of an hstore. Numbers and booleans are left out.
/// </summary>
internal static class ValueLeaves
{
    /// <summary>Levels to which a text inside a value is itself opened as a document or a literal.</summary>
    private const int DeepestText = 4;

    /// <summary>A longer name of a member may be an envelope itself: it is looked at, and never shown.</summary>
    private const int LongestPlainName = 38;

    private static readonly JsonDocumentOptions Lenient = new()
    {
        MaxDepth = 512,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>Returns the texts with their paths: the names of members with dots between, <c>[]</c> for any element.</summary>
    public static IEnumerable<ValueLeaf> Of(string value) => Of(value, "", [], 0);

    private static IEnumerable<ValueLeaf> Of(
        string value,
        string path,
        IReadOnlyList<string> place,
        int depth
    )
    {
        var start = value.AsSpan().TrimStart();
        if (depth >= DeepestText || start.Length < 2 || start[0] is not ('{' or '[' or '(' or '"'))
            return [new ValueLeaf(path, place, value)];
        if (start[0] != '(' && Parse(value) is { } document)
        {
            using (document)
                return
                [
                    .. Of(document.RootElement, path, depth == 0 ? place : [.. place, Inside], depth + 1),
                ];
        }

        return LiteralParts.Of(value).SelectMany(part => Of(part, path + "[]", [], depth + 1));
    }

    /// <summary>Not a member's name: no path of the map leads into a document that stands as text inside another.</summary>
    private const string Inside = "\0";

    private static JsonDocument? Parse(string value)
    {
        try
        {
            return JsonDocument.Parse(value, Lenient);
        }
        catch (JsonException)
        {
            return null; // an array's literal, a row's, an hstore's, or text that begins like one
        }
    }

    private static IEnumerable<ValueLeaf> Of(
        JsonElement element,
        string path,
        IReadOnlyList<string> place,
        int depth
    )
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return Text(element) is { } text ? Of(text, path, place, depth) : [];
            case JsonValueKind.Object:
                return element
                    .EnumerateObject()
                    .SelectMany(member =>
                        Of(member.Value, Joined(path, Name(member)), [.. place, Name(member)], depth)
                            .Concat(NameOf(Name(member), path))
                    );
            case JsonValueKind.Array:
                return element
                    .EnumerateArray()
                    .SelectMany(
                        (item, at) =>
                            Of(
                                item,
                                path + "[]",
                                [.. place, at.ToString(CultureInfo.InvariantCulture)],
                                depth
                            )
                    );
            default:
                return [];
        }
    }

    // A json column keeps what jsonb refuses: half a surrogate pair, for which GetString throws.
    private static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }

    // A long name of a member may be a value itself.
    private static IEnumerable<ValueLeaf> NameOf(string name, string path) =>
        name.Length > LongestPlainName ? [new ValueLeaf(Joined(path, "(names)"), [], name)] : [];

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(member));
        }
    }

    private static string Joined(string path, string name)
    {
        var shown = name.Length <= LongestPlainName ? name : "(long name)";
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }
}

/// <summary>
/// A text in a value. <paramref name="Place"/> is its exact place in the column's own document; <paramref name="Path"/> is
/// what similar places have in common.
/// </summary>
internal readonly record struct ValueLeaf(string Path, IReadOnlyList<string> Place, string Text);
