using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RotationMesh.Api.Answers;

namespace RotationMesh.Api.Access;

/// <summary>Identifies a caller by its bearer token; without a tokens file every caller is an operator without a name.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory log,
    UrlEncoder encoder,
    ApiAccess access
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string SchemeName = "Bearer";
    private const string Prefix = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return Problems.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            Request.Headers.Authorization.Count == 0 ? "a token is needed" : "the token is not known here",
            "send it as Authorization: Bearer TOKEN; the program rotationmesh takes it from ROTATIONMESH_TOKEN"
        );
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(
            Context,
            StatusCodes.Status403Forbidden,
            "the token may look, but not start or steer anything",
            "use a token of the role operator"
        );

    private AuthenticateResult Authenticate()
    {
        if (access.IsOpen)
            return Caller(null, ApiRole.Operator);
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        return access.Find(header[Prefix.Length..].Trim(), Logger) is { } token
            ? Caller(token.Name, token.Role)
            : AuthenticateResult.NoResult();
    }

    private static AuthenticateResult Caller(string? name, ApiRole role)
    {
        var claims = new List<Claim> { new(ClaimTypes.Role, nameof(ApiRole.Viewer)) };
        if (role == ApiRole.Operator)
            claims.Add(new Claim(ClaimTypes.Role, nameof(ApiRole.Operator)));
        if (name is not null)
            claims.Add(new Claim(ClaimTypes.Name, name));
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
        return AuthenticateResult.Success(new AuthenticationTicket(principal, SchemeName));
    }
}
