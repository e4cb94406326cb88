using System.Globalization;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// Address of the server in a connection string, as the string writes it: a server with two names counts as two.
/// </summary>
internal static class ServerAddress
{
    private const string Size = "Maximum Pool Size";

    /// <summary>Returns host and port.</summary>
    public static string Of(string connectionString)
    {
        var keywords = new NpgsqlConnectionStringBuilder(connectionString);
        return string.Create(CultureInfo.InvariantCulture, $"{keywords.Host}:{keywords.Port}");
    }

    /// <summary>
    /// Returns the smallest Maximum Pool Size in the connection strings that lead to the server; null if none sets it. The
    /// limit applies to the server, not to each database.
    /// </summary>
    public static int? Allowed(IEnumerable<string> connectionStrings, string address) =>
        connectionStrings
            .Where(connectionString => Of(connectionString) == address)
            .Select(connectionString => new NpgsqlConnectionStringBuilder(connectionString))
            .Where(keywords => keywords.ShouldSerialize(Size)) // otherwise MaxPoolSize is the default
            .Min(keywords => (int?)keywords.MaxPoolSize);
}
