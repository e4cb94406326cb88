using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using RotationMesh.Api.Limits;

namespace RotationMesh.Api.Answers;

/// <summary>Answers that tell what went wrong and what to do, as problem details (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>Answers with a problem, unless an answer has begun: then the connection is cut, which nobody takes for success.</summary>
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

    /// <summary>A problem.</summary>
    public static ProblemDetails Of(int status, string title, string? detail = null) =>
        new()
        {
            Status = status,
            Title = title,
            Detail = detail,
        };
}
