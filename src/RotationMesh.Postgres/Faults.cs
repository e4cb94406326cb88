using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>Tells apart failures of a database and errors of the program.</summary>
public static class Faults
{
    /// <summary>
    /// Whether a retry may succeed. For example, a server that is stopping, a schema change under a cached plan, and a
    /// transaction that ended because this process was frozen pass by themselves.
    /// </summary>
    public static bool MayPass(Exception fault) =>
        fault switch
        {
            PostgresException refusal => refusal.MayPass(),
            InvalidOperationException => false,
            _ => true,
        };

    /// <summary>Whether the cause is a database or the connection to it.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
