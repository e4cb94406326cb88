using System.Security.Cryptography;
using Npgsql;
using RotationMesh.Postgres;

namespace RotationMesh.Cli;

/// <summary>What the operator is told of the exception that ended a verb.</summary>
internal sealed record Failure(FaultKind Kind, string Message)
{
    /// <summary>Returns the failure. A cancellation is the operator's only where <paramref name="isInterrupted"/>.</summary>
    public static Failure Of(Exception fault, bool isInterrupted) =>
        fault switch
        {
            IFault told => new(told.Kind, fault.Message),
            OperationCanceledException when isInterrupted => new(FaultKind.Interrupted, "interrupted"),
            NpgsqlException database => new(FaultKind.Database, DatabaseFaults.DescribeNamed(database)),
            // Only these types' messages are known to hold no secret; for others, the type name must do.
            InvalidOperationException or CryptographicException or IOException => Unexpected(fault.Message),
            _ => Unexpected(fault.GetType().Name),
        };

    private static Failure Unexpected(string what) =>
        new(FaultKind.Unexpected, $"unexpected failure: {what}");
}
