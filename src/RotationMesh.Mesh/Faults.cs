using System.Diagnostics.CodeAnalysis;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;
using RotationMesh.Tables;

namespace RotationMesh.Mesh;

/// <summary>Tells failures of a database from errors of the program.</summary>
internal static class Faults
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

    /// <summary>
    /// Whether it is this process that gets no connection to a database, or whose role lacks a right there, and in which
    /// words: it may be so for it alone, and then is no fault of what it was to do. A table that was published without an
    /// identity is told in the same way, and comes right without being given up.
    /// </summary>
    public static bool IsOfThisWorker(Exception fault, [NotNullWhen(true)] out string? lack)
    {
        lack = fault switch
        {
            TargetDatabaseException away => DatabaseFaults.Describe(away),
            // After a failover, say: it comes right by itself, and is no fault of the partition.
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } closed =>
                DatabaseFaults.Describe(closed),
            UsageException wrong => wrong.Message,
            PostgresException published when DatabaseFaults.IsOfPublication(published) =>
                DatabaseFaults.Describe(published),
            _ => null,
        };
        return lack is not null;
    }

    /// <summary>Whether a database, or the way to it, is the cause.</summary>
    public static bool IsOfDatabase(Exception fault) =>
        fault is NpgsqlException or TimeoutException or IOException;
}
