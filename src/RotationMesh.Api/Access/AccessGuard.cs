using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RotationMesh.Api.Answers;

namespace RotationMesh.Api.Access;

/// <summary>
/// Refuses requests before anybody is asked for a token. With a tokens file: all of them while it is unknown which tokens are
/// valid. Without one every program on the machine may ask, and nobody else. A web page could ask through a browser: so the Host
/// header must name this machine (a page's own host name could resolve to it), and the request must not come from another
/// origin. A proxy would pass on requests of other machines: requests with its headers are refused.
/// </summary>
internal sealed class AccessGuard(RequestDelegate next, ApiAccess access, ILogger<AccessGuard> log)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (access.FindFault(log) is { } unknown)
            return Problems.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                unknown,
                FixOfTokens
            );
        if (access.IsOpen && Foreign(context.Request) is { } foreign)
            return Problems.WriteAsync(context, StatusCodes.Status403Forbidden, foreign, Fix);
        if (access.IsOpen && Proxied(context.Request) is { } proxied)
            return Problems.WriteAsync(context, StatusCodes.Status403Forbidden, proxied, FixOfProxies);
        return next(context);
    }

    private const string FixOfTokens = "nobody is let in until it can be read again: no restart is needed";

    private const string Fix =
        "without a tokens file only programs on this machine may ask, at 127.0.0.1 or localhost";

    private const string FixOfProxies =
        "whoever reaches a proxy is not on this machine: give the coordinator --tokens-file FILE (a token is made by "
        + "rotationmesh token generate), or ask without the proxy";

    private const string ForwardedPrefix = "X-Forwarded-";

    private static readonly string[] OfProxies =
    [
        "Forwarded",
        "Via",
        "X-Real-IP",
        "X-Client-IP",
        "X-Original-Host",
        "True-Client-IP",
        "CF-Connecting-IP",
    ];

    private static string? Proxied(HttpRequest request) =>
        request.Headers.Keys.FirstOrDefault(name =>
            name.StartsWith(ForwardedPrefix, StringComparison.OrdinalIgnoreCase)
            || OfProxies.Contains(name, StringComparer.OrdinalIgnoreCase)
        )
            is { } header
            ? $"the request comes through a proxy: it bears {OfProxies.Append(ForwardedPrefix + "…").First(known => header.StartsWith(known.TrimEnd('…'), StringComparison.OrdinalIgnoreCase))}"
            : null;

    private static string? Foreign(HttpRequest request)
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
