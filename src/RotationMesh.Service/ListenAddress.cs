using RotationMesh.Core;

namespace RotationMesh.Service;

/// <summary>Reads <c>--listen</c>.</summary>
internal static class ListenAddress
{
    /// <summary>The address. Throws <see cref="UsageException"/> where it is none to listen on.</summary>
    public static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp
        && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? uri
            : throw new UsageException($"--listen (or ROTATIONMESH_LISTEN) is no http://host:port: {text}");
}
