using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using RotationMesh.Api.Limits;

namespace RotationMesh.Api.Answers;

/// <summary>Writes problem details (RFC 9457): what went wrong, and what to do.</summary>
internal static class Problems
{
    /// <summary>
    /// Answers with a problem. If an answer has begun, cuts the connection instead, so that no client takes it for success.
    /// </summary>
    public static Task WriteAsync(HttpContext context, int status, string title, string? detail = null) =>
        WriteAsync(context, Of(status, title, detail));

    /// <inheritdoc cref="WriteAsync(HttpContext, int, string, string?)"/>
    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        if (problem.Status == StatusCodes.Status429TooManyRequests)
            context.Response.Headers.RetryAfter = BusyException.AskAgainAfter.ToString(
                CultureInfo.InvariantCulture
            );
        return TypedResults.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>Creates a problem.</summary>
    public static ProblemDetails Of(int status, string title, string? detail = null) =>
        new()
        {
            Status = status,
            Title = title,
            Detail = detail,
        };
}
