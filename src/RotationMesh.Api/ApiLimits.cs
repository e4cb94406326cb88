using Microsoft.AspNetCore.Http.Metadata;

namespace RotationMesh.Api;

/// <summary>Limits the size of requests.</summary>
internal sealed class ApiLimits : IRequestSizeLimitMetadata
{
    /// <summary>Largest body in bytes: enough for ten thousand names of tenants.</summary>
    public const long LargestBody = 1 << 20;

    /// <inheritdoc/>
    public long? MaxRequestBodySize => LargestBody;
}
