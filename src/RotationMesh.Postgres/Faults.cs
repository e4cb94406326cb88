using Npgsql;

namespace RotationMesh.Postgres;

/// <summary>Tells failures of a database from errors of the program.</summary>
public static class Faults
{
    private const string IdleInTransaction = "25P03";

    /// <summary>
    /// Whether the same may succeed later. A stopping server (class 57), a schema that is being changed (0A, cached plan) and
    /// a transaction that ended because this process was frozen (25P03) come right by themselves.
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

    /// <summary>Whether a database, or the way to it, is the cause.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
