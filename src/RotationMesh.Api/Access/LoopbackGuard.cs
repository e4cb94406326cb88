using Microsoft.AspNetCore.Http;
using RotationMesh.Api.Answers;

namespace RotationMesh.Api.Access;

/// <summary>
/// Without tokens everybody on the machine may ask, and a browser is on the machine. So that no web page can ask through it:
/// the host must be this machine by name (else a name of the page's own could lead here), and nothing comes from another
/// origin.
/// </summary>
internal sealed class LoopbackGuard(RequestDelegate next, ApiAccess access)
{
    public Task InvokeAsync(HttpContext context) =>
        access.IsOpen && Fault(context.Request) is { } fault
            ? Problems.WriteAsync(context, StatusCodes.Status403Forbidden, fault, Fix)
            : next(context);

    private const string Fix =
        "without a tokens file only programs on this machine may ask, at 127.0.0.1 or localhost";

    private static string? Fault(HttpRequest request)
    {
        if (!ApiAccess.IsLoopback(request.Host.Host))
            return "the request is for another host";
        var origin = request.Headers.Origin.ToString();
        var foreign =
            origin.Length > 0 && origin != $"{request.Scheme}://{request.Host.Value}"
            || request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site";
        return foreign ? "the request comes from a web page of another origin" : null;
    }
}
