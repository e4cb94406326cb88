using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RotationMesh.Api.Answers;

namespace RotationMesh.Api.Access;

/// <summary>Refuses every request while it is unknown which tokens are valid.</summary>
internal sealed class TokensGuard(RequestDelegate next, ApiAccess access, ILogger<TokensGuard> log)
{
    public Task InvokeAsync(HttpContext context) =>
        access.FindFault(log) is { } fault
            ? Problems.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                fault,
                "nobody is let in until it can be read again: no restart is needed"
            )
            : next(context);
}
