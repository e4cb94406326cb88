using Npgsql;

namespace RotationMesh.Mesh;

/// <summary>Tells failures of a database from errors of the program.</summary>
internal static class Faults
{
    /// <summary>Whether a database, or the way to it, is the cause.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
