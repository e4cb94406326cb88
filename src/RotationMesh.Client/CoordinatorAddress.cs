using RotationMesh.Core;

namespace RotationMesh.Client;

/// <summary>Reads <c>--server</c>.</summary>
public static class CoordinatorAddress
{
    /// <summary>
    /// Returns the address, with the path prefix of a proxy where there is one. Throws <see cref="UsageException"/> for any
    /// other text; the message never shows a password in it.
    /// </summary>
    public static Uri Parse(string text)
    {
        var parsed = Uri.TryCreate(text, UriKind.Absolute, out var uri);
        if (!parsed || uri!.Scheme is not ("http" or "https"))
            throw new UsageException(
                "--server (or ROTATIONMESH_SERVER) is no http:// or https:// address, such as http://127.0.0.1:8085"
            );
        if (uri is not { UserInfo: "", Query: "", Fragment: "" })
            throw new UsageException(
                "--server (or ROTATIONMESH_SERVER) holds more than scheme, host, port and path; the token belongs in ROTATIONMESH_TOKEN"
            );
        return uri.AbsoluteUri.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + '/');
    }
}
