using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>Tells apart failures of a database and errors of the program.</summary>
public static class Faults
{
    private const string IdleInTransaction = "25P03";

    /// <summary>
    /// Whether a retry may succeed. For example, these faults pass by themselves: a server that is stopping (class 57), a
    /// schema change (0A, cached plan), and a transaction that ended because this process was frozen (25P03).
    /// </summary>
    public static bool MayPass(Exception fault) =>
        fault switch
        {
            PostgresException refusal => refusal.IsTransient
                || refusal.SqlState[..2] is "57" or "08" or "0A" or "53" or "28" or "3D"
                || refusal.SqlState == IdleInTransaction,
            InvalidOperationException => false,
            _ => true,
        };

    /// <summary>Whether the cause is a database or the connection to it.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
