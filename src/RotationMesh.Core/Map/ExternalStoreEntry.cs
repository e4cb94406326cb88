namespace RotationMesh.Core.Map;

/// <summary>
/// Where the values of a table's external rows live: a bucket of S3, or of a server that speaks its protocol. Each
/// process has its own credentials; no map holds them.
/// </summary>
public sealed record ExternalStoreEntry
{
    /// <summary>Column of the table that names a row's object.</summary>
    public required SqlIdentifier Key { get; init; }

    /// <summary>Index, among the table's encrypted columns, of the column whose values the store holds.</summary>
    public required int Column { get; init; }

    /// <summary>Name of the bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Address of the server; null for Amazon's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region of the bucket; null where the environment sets it.</summary>
    public string? Region { get; init; }

    /// <summary>
    /// Which bucket it is and where. Two processes compare this text: a process that spells the address in another way
    /// may mean another store, and nothing can tell.
    /// </summary>
    public string Place =>
        Endpoint is { } endpoint ? $"bucket {Bucket} at {endpoint.AbsoluteUri.TrimEnd('/')}"
        : Region is { } region ? $"bucket {Bucket} of Amazon S3 in region {region}"
        : $"bucket {Bucket} of Amazon S3";

    /// <summary>Line of the store in the map file.</summary>
    public required int Line { get; init; }
}
