using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using RotationMesh.Api.Limits;
using RotationMesh.Core.Faults;
using RotationMesh.Postgres;

namespace RotationMesh.Api.Answers;

/// <summary>
/// Turns faults into problem details: in full where the caller can mend them, without internals for all others.
/// </summary>
internal static class FaultProblems
{
    private const string Reference = "see /openapi/v1.json";

    /// <summary>Returns the problem; null for a fault of the program, which belongs in the log.</summary>
    public static ProblemDetails? OfCaller(Exception fault) =>
        fault switch
        {
            BusyException busy => Of(
                busy.Kind,
                busy.Message,
                $"ask again after {BusyException.AskAgainAfter} seconds"
            ),
            IFault told => Of(told.Kind, fault.Message),
            NpgsqlException database when DatabaseFaults.IsForOperators(database) => Of(
                FaultKind.Database,
                DatabaseFaults.DescribeNamed(database)
            ),
            BadHttpRequestException { InnerException: JsonException json } => Problems.Of(
                StatusCodes.Status400BadRequest,
                $"the body is not the JSON that is expected here{Place(json)}",
                Reference
            ),
            BadHttpRequestException bad => OfStatus(bad.StatusCode),
            _ => null,
        };

    /// <summary>Returns the problem for a status of the web server; null for a status that is not the caller's fault.</summary>
    public static ProblemDetails? OfStatus(int status) =>
        status switch
        {
            StatusCodes.Status404NotFound => Problems.Of(status, "there is nothing at this path", Reference),
            StatusCodes.Status405MethodNotAllowed => Problems.Of(
                status,
                "this path has no such method",
                Reference
            ),
            StatusCodes.Status413PayloadTooLarge => Problems.Of(
                status,
                $"the body is larger than {ApiLimits.LargestBody} bytes",
                "name scopes instead of tenants, or ask several times"
            ),
            StatusCodes.Status415UnsupportedMediaType => Problems.Of(
                status,
                "the body must be JSON: Content-Type: application/json"
            ),
            >= 400 and < 500 => Problems.Of(status, "the request is not understood", Reference),
            _ => null,
        };

    /// <summary>Returns the problem for a fault of the program.</summary>
    public static ProblemDetails OfOurs(HttpContext context) =>
        Of(
            FaultKind.Unexpected,
            "the coordinator failed at this",
            $"its log tells more, under {context.TraceIdentifier}"
        )!;

    private static ProblemDetails? Of(FaultKind kind, string title, string? detail = null) =>
        kind.Status() is { } status ? Problems.Of((int)status, title, detail) : null;

    // The path consists of names; the message may quote the request.
    private static string Place(JsonException fault) =>
        fault.Path is { Length: > 1 and < 200 } path ? $", at {path}" : "";
}
