using Microsoft.AspNetCore.Http.Metadata;

namespace RotationMesh.Api;

/// <summary>How much may be sent.</summary>
internal sealed class ApiLimits : IRequestSizeLimitMetadata
{
    /// <summary>Bytes of a body: some ten thousand names of tenants.</summary>
    public const long LargestBody = 1 << 20;

    /// <inheritdoc/>
    public long? MaxRequestBodySize => LargestBody;
}
