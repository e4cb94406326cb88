using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Api.Access;
using RotationMesh.Api.Limits;

namespace RotationMesh.Api.Endpoints;

/// <summary>Marks endpoints with their requirements and their documentation.</summary>
internal static class EndpointTraits
{
    /// <summary>Restricts an endpoint to operators; without this mark, viewers may use it as well.</summary>
    public static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder endpoint) =>
        endpoint
            .RequireAuthorization(policy => policy.RequireRole(nameof(ApiRole.Operator)))
            .ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>Documents the answers to a body that is too large, or not JSON.</summary>
    public static RouteHandlerBuilder TakesABody(this RouteHandlerBuilder endpoint) =>
        endpoint
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Marks an endpoint as a small query to the control database, which waits for its turn.</summary>
    public static RouteHandlerBuilder IsLookup(this RouteHandlerBuilder endpoint) =>
        endpoint
            .AddEndpointFilter(
                (context, next) =>
                    context
                        .HttpContext.RequestServices.GetRequiredService<LookupQueue>()
                        .InvokeAsync(context, next)
            )
            .IsLimited();

    /// <summary>Documents status 429, which a caller beyond the limit gets, with the time to wait.</summary>
    public static RouteHandlerBuilder IsLimited(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status429TooManyRequests);

    /// <summary>Sets the endpoint's text in the OpenAPI document.</summary>
    public static RouteHandlerBuilder Says(
        this RouteHandlerBuilder endpoint,
        string summary,
        string? description = null
    )
    {
        endpoint.WithSummary(summary);
        return description is null ? endpoint : endpoint.WithDescription(description);
    }
}
