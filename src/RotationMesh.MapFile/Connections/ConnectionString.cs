using System.Data.Common;
using System.Text.RegularExpressions;
using RotationMesh.MapFile.Nodes;

namespace RotationMesh.MapFile.Connections;

/// <summary>
/// Reads a connection string of the map: Npgsql keywords, or a URL that is converted to them. No error shows it.
/// </summary>
internal static partial class ConnectionString
{
    /// <summary>Returns the connection string in Npgsql keywords.</summary>
    public static string Read(MapNode node)
    {
        var text = node.Text().Value.Trim();
        if (text.Length == 0)
            throw node.Fault($"{node.Name} is empty");
        try
        {
            return PostgresUrl.Matches(text) ? PostgresUrl.ToKeywords(text) : Keywords(text);
        }
        catch (FormatException reason)
        {
            throw node.Fault($"{node.Name}: {reason.Message}");
        }
    }

    // Another scheme must be refused here: the text may parse as keywords, and the driver would quote it with its password.
    private static string Keywords(string text)
    {
        if (AnyScheme().IsMatch(text))
            throw new FormatException("the URL's scheme is not postgres:// or postgresql://");
        try
        {
            _ = new DbConnectionStringBuilder { ConnectionString = text };
            return text;
        }
        catch (ArgumentException)
        {
            throw new FormatException(
                "neither keywords (Host=…;Database=…;Username=…) nor a postgres:// URL"
            );
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.:-]*//")]
    private static partial Regex AnyScheme();
}
