using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RotationMesh.Core;

namespace RotationMesh.Bus.Topology;

/// <summary>
/// Address of RabbitMQ: <c>amqp(s)://user:password@host:port/vhost</c>. Over TLS, the certificate is checked against
/// the machine's authorities, or against the one that <c>?cacertfile=FILE</c> names. The password is never shown.
/// </summary>
public sealed class BrokerAddress
{
    internal const string AuthorityParameter = "cacertfile";
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    private const string Form =
        "the RabbitMQ address is not one: write amqp://user:password@host:port/vhost, or amqps:// for TLS, with "
        + "special characters in user, password and virtual host percent-encoded";

    private BrokerAddress(Uri uri, string? authorityFile)
    {
        IsTls = uri.Scheme == "amqps";
        Host = uri.Host;
        Port = uri.Port > 0 ? uri.Port : (IsTls ? TlsPort : PlainPort);
        var user = uri.UserInfo.Split(':', 2);
        User = Uri.UnescapeDataString(user[0]);
        Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : "";
        VirtualHost = uri.AbsolutePath is "" or "/" ? "/" : Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        AuthorityFile = authorityFile;
        Authorities = authorityFile is null ? null : Read(authorityFile);
    }

    /// <summary>Host name or address.</summary>
    public string Host { get; }

    /// <summary>Port; the usual one of the scheme where the address has none.</summary>
    public int Port { get; }

    /// <summary>The virtual host.</summary>
    public string VirtualHost { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls { get; }

    internal string User { get; }

    internal string Password { get; }

    /// <summary>The file with those authorities.</summary>
    internal string? AuthorityFile { get; }

    /// <summary>The only authorities to trust; null: those of the machine.</summary>
    internal X509Certificate2Collection? Authorities { get; }

    /// <summary>Reads an address. Throws <see cref="UsageException"/> that never quotes it.</summary>
    public static BrokerAddress Parse(string text)
    {
        if (
            !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("amqp" or "amqps")
            || uri.Host.Length == 0
            || uri.UserInfo.Length == 0
            || uri.Fragment.Length > 0
            || uri.AbsolutePath.LastIndexOf('/') > 0
        )
            throw new UsageException(Form);
        return new BrokerAddress(uri, FileOf(uri));
    }

    /// <summary>Host, port and virtual host; neither user nor password.</summary>
    public override string ToString() => $"{Host}:{Port}{(VirtualHost == "/" ? "" : $"/{VirtualHost}")}";

    private static string? FileOf(Uri uri)
    {
        if (uri.Query.Length <= 1)
            return null;
        var (name, file) = uri.Query[1..].Split('=', 2) is [var before, var after]
            ? (before, Uri.UnescapeDataString(after))
            : ("", "");
        if (name != AuthorityParameter || uri.Scheme != "amqps")
            throw new UsageException(
                $"the RabbitMQ address knows one parameter: amqps://…?{AuthorityParameter}=FILE"
            );
        return file;
    }

    private static X509Certificate2Collection Read(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException(
                $"the certificates of the RabbitMQ address can't be read: {file}",
                fault
            );
        }

        return authorities.Count > 0
            ? authorities
            : throw new UsageException(
                $"the file that the RabbitMQ address names holds no certificate in PEM form: {file}"
            );
    }
}
