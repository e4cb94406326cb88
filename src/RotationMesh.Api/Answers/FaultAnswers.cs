using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using RotationMesh.Api.Logging;

namespace RotationMesh.Api.Answers;

/// <summary>Answers every exception, and every 4xx status without a body, with problem details.</summary>
internal sealed class FaultAnswers(RequestDelegate next, ILogger<FaultAnswers> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            await ExplainAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone.
        }
        catch (Exception fault)
        {
            var problem = FaultProblems.OfCaller(fault);
            if (problem is null)
                Log(context, fault);
            await Problems.WriteAsync(context, problem ?? FaultProblems.OfOurs(context));
        }
    }

    private static Task ExplainAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.ContentLength > 0 || response.ContentType is not null)
            return Task.CompletedTask;
        return FaultProblems.OfStatus(response.StatusCode) is { } problem
            ? Problems.WriteAsync(context, problem)
            : Task.CompletedTask;
    }

    private void Log(HttpContext context, Exception fault)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "request";
        ApiLog.RequestFailed(log, context.Request.Method, route, context.TraceIdentifier, fault);
    }
}
