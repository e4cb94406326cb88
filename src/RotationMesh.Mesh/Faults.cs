using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Mesh;

/// <summary>Tells failures of a database from errors of the program.</summary>
internal static class Faults
{
    /// <summary>
    /// Whether the same may succeed later. A stopping server (class 57) and a schema that is being changed (0A, cached
    /// plan) come right by themselves.
    /// </summary>
    public static bool MayPass(Exception fault) =>
        fault switch
        {
            PostgresException refusal => refusal.IsTransient
                || refusal.SqlState[..2] is "57" or "08" or "0A" or "53" or "28" or "3D",
            UsageException or InvalidOperationException => false,
            _ => true,
        };

    /// <summary>Whether a database, or the way to it, is the cause.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
