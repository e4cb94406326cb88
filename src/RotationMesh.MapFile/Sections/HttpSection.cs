using System.Globalization;
using System.Text.RegularExpressions;
using RotationMesh.Core.Map.Gates;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Sections;

/// <summary>Reads a request and what its answer must be.</summary>
internal static partial class HttpSection
{
    private const int DefaultStatus = 200;

    // No longer than the time between two checks of the gates (2 s), so that a server that hangs is noticed about as fast
    // as one that is down.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    internal static readonly KeySet Keys = new(
        Required: ["url"],
        Optional: ["status", "pointer", "value", "header", "timeout"]
    );

    internal static readonly KeySet HeaderKeys = new(Required: ["name", "value"], Optional: []);

    /// <summary>Reads the request and its expectation.</summary>
    public static HttpExpectation Read(MapNode node) => Read(node, node.Fields(Keys), DefaultTimeout);

    /// <summary>
    /// Reads the request and its expectation from <paramref name="fields"/>, where <paramref name="node"/> has other keys
    /// besides.
    /// </summary>
    public static HttpExpectation Read(MapNode node, MapFields fields, TimeSpan defaultTimeout)
    {
        var (pointer, value) = (fields.Optional("pointer"), fields.Optional("value"));
        if (pointer is null != value is null)
            throw node.Fault(
                $"{node.Name} has only one of 'pointer' and 'value': they say together what the answer must hold"
            );
        return new HttpExpectation
        {
            Url = fields.Required("url").Deferred(Url),
            Status = fields.Optional("status") is { } status ? Status(status) : DefaultStatus,
            JsonPointer = pointer is null ? null : Pointer(pointer),
            Value = value?.Text().Value,
            Header = fields.Optional("header") is { } header ? Header(header) : null,
            Timeout = fields.Optional("timeout") is { } timeout
                ? DurationNodes.Read(timeout)
                : defaultTimeout,
        };
    }

    /// <summary>Reads an address with the scheme http or https.</summary>
    public static Uri Url(MapNode node) =>
        Uri.TryCreate(node.Text().Value.Trim(), UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Host.Length > 0
            ? url
            : throw node.Fault($"{node.Name} is not a URL that begins with http:// or https://");

    private static int Status(MapNode node) =>
        int.TryParse(node.Text().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 100 and <= 599
            ? status
            : throw node.Fault($"{node.Name} is not a status code from 100 to 599");

    private static string Pointer(MapNode node)
    {
        var pointer = node.Text().Value;
        return PointerForm().IsMatch(pointer)
            ? pointer
            : throw node.Fault(
                $"{node.Name} is not a JSON pointer: write /key/key, '~1' for a slash in a key and '~0' for '~'"
            );
    }

    private static HttpHeader Header(MapNode node)
    {
        var fields = node.Fields(HeaderKeys);
        var name = fields.Required("name");
        return HeaderName().IsMatch(name.Text().Value)
            ? new HttpHeader(name.Text().Value, fields.Required("value").Deferred(HeaderValue))
            : throw name.Fault($"{name.Name} is not the name of a header");
    }

    private static string HeaderValue(MapNode node)
    {
        var value = node.Text().Value;
        return value.Any(char.IsControl)
            ? throw node.Fault($"{node.Name} has a control character, which no header may hold")
            : value;
    }

    [GeneratedRegex("^(/([^~/]|~[01])*)+$")]
    private static partial Regex PointerForm();

    // The characters of a token (RFC 9110, 5.6.2).
    [GeneratedRegex("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
    private static partial Regex HeaderName();
}
