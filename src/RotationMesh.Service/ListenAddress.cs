using RotationMesh.Core;

namespace RotationMesh.Service;

/// <summary>Reads <c>--listen</c>.</summary>
internal static class ListenAddress
{
    /// <summary>Returns the address. Throws <see cref="UsageException"/> where a server can't listen on it.</summary>
    public static Uri Parse(string text)
    {
        var address = Read(text);
        // localhost stands for two addresses, which would get two ports.
        if (address is { Port: 0, Host: "localhost" })
            throw new UsageException(
                "--listen (or ROTATIONMESH_LISTEN) takes a free port of an address, not of a name: http://127.0.0.1:0"
            );
        return address;
    }

    private static Uri Read(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp
        && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? uri
            : throw new UsageException($"--listen (or ROTATIONMESH_LISTEN) is no http://host:port: {text}");
}
