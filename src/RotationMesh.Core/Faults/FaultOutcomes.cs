using System.Net;

namespace RotationMesh.Core.Faults;

/// <summary>
/// The exit code and the HTTP status of each kind of fault. A verb ends with the same exit code whether it runs here or asks
/// a coordinator.
/// </summary>
public static class FaultOutcomes
{
    /// <summary>The exit code of a program that ends with the fault.</summary>
    public static int ExitCode(this FaultKind kind) => Of(kind).ExitCode;

    /// <summary>The status with which a coordinator answers; null for a kind that is none of its own.</summary>
    public static HttpStatusCode? Status(this FaultKind kind) => Of(kind).Status;

    /// <summary>The kind that a coordinator answers with the status; null if there is none.</summary>
    public static FaultKind? KindOf(HttpStatusCode status)
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
            if (kind.Status() == status)
                return kind;
        return null;
    }

    private static (int ExitCode, HttpStatusCode? Status) Of(FaultKind kind) =>
        kind switch
        {
            FaultKind.Usage => (ExitCodes.Usage, HttpStatusCode.BadRequest),
            FaultKind.UnknownRotation => (ExitCodes.Usage, HttpStatusCode.NotFound),
            FaultKind.RotationState => (ExitCodes.Usage, HttpStatusCode.Conflict),
            FaultKind.GateClosed => (ExitCodes.Gate, HttpStatusCode.Locked),
            FaultKind.RecordsMissing => (ExitCodes.RowsLeft, HttpStatusCode.Gone),
            FaultKind.Database => (ExitCodes.Failure, HttpStatusCode.ServiceUnavailable),
            FaultKind.Busy => (ExitCodes.Unreachable, HttpStatusCode.TooManyRequests),
            FaultKind.Unreachable => (ExitCodes.Unreachable, null),
            FaultKind.Interrupted => (ExitCodes.Interrupted, null),
            FaultKind.Unexpected => (ExitCodes.Failure, HttpStatusCode.InternalServerError),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
