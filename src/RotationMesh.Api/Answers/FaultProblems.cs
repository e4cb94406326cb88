using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using RotationMesh.Api.Limits;
using RotationMesh.Core;
using RotationMesh.Core.Gates;
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
            UnknownRotationException => Problems.Of(StatusCodes.Status404NotFound, fault.Message),
            RotationStateException => Problems.Of(StatusCodes.Status409Conflict, fault.Message),
            GateClosedException => Problems.Of(StatusCodes.Status423Locked, fault.Message),
            RecordsMissingException => Problems.Of(StatusCodes.Status410Gone, fault.Message),
            BusyException => Problems.Of(
                StatusCodes.Status429TooManyRequests,
                fault.Message,
                $"ask again after {BusyException.AskAgainAfter} seconds"
            ),
            UsageException => Problems.Of(StatusCodes.Status400BadRequest, fault.Message),
            BadHttpRequestException { InnerException: JsonException json } => Problems.Of(
                StatusCodes.Status400BadRequest,
                $"the body is not the JSON that is expected here{Place(json)}",
                Reference
            ),
            BadHttpRequestException bad => OfStatus(bad.StatusCode),
            NpgsqlException database when DatabaseFaults.IsForOperators(database) => Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                DatabaseFaults.DescribeNamed(database)
            ),
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
        Problems.Of(
            StatusCodes.Status500InternalServerError,
            "the coordinator failed at this",
            $"its log tells more, under {context.TraceIdentifier}"
        );

    // The path consists of names; the message may quote the request.
    private static string Place(JsonException fault) =>
        fault.Path is { Length: > 1 and < 200 } path ? $", at {path}" : "";
}
