using System.Globalization;

namespace RotationMesh.Core.Map.Gates;

/// <summary>A GET request of the map and what its answer must be. URL and header may hold secrets and are never shown.</summary>
public sealed record HttpExpectation
{
    /// <summary>The address, http or https.</summary>
    public required Deferred<Uri> Url { get; init; }

    /// <summary>Status code that the answer must have.</summary>
    public required int Status { get; init; }

    /// <summary>JSON pointer (RFC 6901) into the answer; null where only the status is checked.</summary>
    public string? JsonPointer { get; init; }

    /// <summary>
    /// The value expected there: the text of a string, or <c>true</c>, <c>false</c>, <c>null</c> or a number as JSON
    /// writes it. Null exactly where <see cref="JsonPointer"/> is.
    /// </summary>
    public string? Value { get; init; }

    /// <summary>Header that the request carries; null for none.</summary>
    public HttpHeader? Header { get; init; }

    /// <summary>How long the whole answer may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Throws <see cref="UsageException"/> with file and line where the URL or the header names a variable that is not
    /// set.
    /// </summary>
    public void EnsureKnown()
    {
        _ = Url.Value;
        _ = Header?.Value.Value;
    }

    internal IEnumerable<string> Identity =>
        [
            Status.ToString(CultureInfo.InvariantCulture),
            JsonPointer ?? "",
            .. Value is { } value ? [value] : Array.Empty<string>(),
        ];
}

/// <summary>A header of a request; its value is a secret.</summary>
public sealed record HttpHeader(string Name, Deferred<string> Value);
