using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;

namespace RotationMesh.Postgres;

/// <summary>Holds the map's connection strings against the driver's keywords, before one is opened.</summary>
public static class MapConnection
{
    /// <summary>
    /// The connection string of a database of the map at <paramref name="path"/>. Throws <see cref="UsageException"/>
    /// with file and line, and without the string, where the driver does not understand it.
    /// </summary>
    public static string Checked(DatabaseEntry entry, string path)
    {
        ArgumentNullException.ThrowIfNull(entry);
        try
        {
            return new NpgsqlConnectionStringBuilder(entry.ConnectionString).ConnectionString;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new UsageException(
                $"{path}:{entry.Line}: the connection string of database '{entry.Name}' is not one that Npgsql understands"
            );
        }
    }
}
