using System.Globalization;
using Npgsql;

namespace RotationMesh.Postgres.Pooling;

/// <summary>
/// The server that a connection string leads to, as the string itself calls it: a server with two names counts as two.
/// </summary>
internal static class ServerAddress
{
    private const string Size = "Maximum Pool Size";

    /// <summary>Host and port.</summary>
    public static string Of(string connectionString)
    {
        var keywords = new NpgsqlConnectionStringBuilder(connectionString);
        return string.Create(CultureInfo.InvariantCulture, $"{keywords.Host}:{keywords.Port}");
    }

    /// <summary>
    /// The least Maximum Pool Size that those of the connection strings name that lead to the server; null where none names
    /// one. It goes for the server, not for each database.
    /// </summary>
    public static int? Allowed(IEnumerable<string> connectionStrings, string address) =>
        connectionStrings
            .Where(connectionString => Of(connectionString) == address)
            .Select(connectionString => new NpgsqlConnectionStringBuilder(connectionString))
            .Where(keywords => keywords.ShouldSerialize(Size)) // what it does not name is the default
            .Min(keywords => (int?)keywords.MaxPoolSize);
}
