namespace RotationMesh.MapFile.Connections;

/// <summary>
/// The parts of a connection URL, <c>scheme://user:password@hosts/path?query</c>. User and password are decoded, and null
/// where they are empty. Hosts, path and query are not decoded.
/// </summary>
internal readonly record struct UrlParts(
    string? User,
    string? Password,
    string Hosts,
    string Path,
    string Query
)
{
    /// <summary>Splits a URL. Throws <see cref="FormatException"/> that names a part, never a value.</summary>
    public static UrlParts Of(string url)
    {
        var rest = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..];
        var end = rest.AsSpan().IndexOfAny('/', '?');
        var (authority, tail) = end < 0 ? (rest, "") : (rest[..end], rest[end..]);
        // A password with an unencoded '/', '?' or '#' would be cut there, and its rest taken for another part and shown.
        if (rest.Contains('#', StringComparison.Ordinal) || tail.Contains('@', StringComparison.Ordinal))
            throw new FormatException(
                "special characters of the URL's parts must be percent-encoded: / %2F, ? %3F, # %23, @ %40"
            );
        var mark = tail.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = mark < 0 ? (tail, "") : (tail[..mark], tail[(mark + 1)..]);
        var at = authority.LastIndexOf('@');
        var (user, password) = Login(at < 0 ? "" : authority[..at]);
        return new UrlParts(user, password, authority[(at + 1)..], path.TrimStart('/'), query);
    }

    private static (string? User, string? Password) Login(string userAndPassword)
    {
        var colon = userAndPassword.IndexOf(':', StringComparison.Ordinal);
        var (user, password) =
            colon < 0 ? (userAndPassword, "") : (userAndPassword[..colon], userAndPassword[(colon + 1)..]);
        return (
            user.Length > 0 ? UrlText.Decode(user, "user") : null,
            password.Length > 0 ? UrlText.Decode(password, "password") : null
        );
    }
}
