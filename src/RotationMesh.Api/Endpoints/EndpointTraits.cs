using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Api.Access;
using RotationMesh.Api.Limits;

namespace RotationMesh.Api.Endpoints;

/// <summary>What endpoints are marked with.</summary>
internal static class EndpointTraits
{
    /// <summary>Only for operators; what is not marked so is for viewers as well.</summary>
    public static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder endpoint) =>
        endpoint
            .RequireAuthorization(policy => policy.RequireRole(nameof(ApiRole.Operator)))
            .ProducesProblem(StatusCodes.Status403Forbidden);

    /// <summary>What comes of a body that is too large, or no JSON.</summary>
    public static RouteHandlerBuilder TakesABody(this RouteHandlerBuilder endpoint) =>
        endpoint
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>A small question to the control database, which waits for its turn.</summary>
    public static RouteHandlerBuilder IsLookup(this RouteHandlerBuilder endpoint) =>
        endpoint
            .AddEndpointFilter(
                (context, next) =>
                    context
                        .HttpContext.RequestServices.GetRequiredService<LookupQueue>()
                        .InvokeAsync(context, next)
            )
            .IsLimited();

    /// <summary>A caller beyond the limit gets 429, with the time to wait.</summary>
    public static RouteHandlerBuilder IsLimited(this RouteHandlerBuilder endpoint) =>
        endpoint.ProducesProblem(StatusCodes.Status429TooManyRequests);

    /// <summary>What the OpenAPI document says of it.</summary>
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
