using System.Diagnostics.CodeAnalysis;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Postgres;

namespace RotationMesh.Working;

/// <summary>Tells what this worker lacks from what is wrong with a partition.</summary>
internal static class WorkerFaults
{
    /// <summary>
    /// Whether it is this process that gets no connection to a database, or whose role lacks a right there, and in which
    /// words: it may be so for it alone, and then is no fault of what it was to do. A table that was published without an
    /// identity is told in the same way, and comes right without being given up.
    /// </summary>
    public static bool IsOfThisWorker(Exception fault, [NotNullWhen(true)] out string? lack)
    {
        lack = fault switch
        {
            ApplicationDatabaseException away => DatabaseFaults.Describe(away),
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
}
