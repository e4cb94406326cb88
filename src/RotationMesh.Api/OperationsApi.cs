using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RotationMesh.Api.Access;
using RotationMesh.Api.Answers;
using RotationMesh.Api.Documentation;
using RotationMesh.Api.Endpoints;
using RotationMesh.Api.Limits;
using RotationMesh.Api.Streams;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api;

/// <summary>
/// Serves the operations over HTTP at <c>/v1</c>, with their OpenAPI document. The host registers the operations themselves.
/// </summary>
public static class OperationsApi
{
    /// <summary>Tag of the health checks that decide readiness.</summary>
    private const string ReadyTag = "ready";

    /// <summary>Tag of the health checks whose reason may be shown: it names neither hosts nor users.</summary>
    private const string ReasonTag = "reason";

    /// <summary>Registers what the interface needs.</summary>
    public static IServiceCollection AddOperationsApi(this IServiceCollection services, ApiAccess access)
    {
        services
            .AddSingleton(access)
            .AddSingleton<EventStreams>()
            .AddSingleton<StreamSeats>()
            .AddSingleton<SharedInspections>()
            .AddSingleton<LookupQueue>()
            .ConfigureHttpJsonOptions(json => ApiJson.BeStrict(json.SerializerOptions))
            .Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true)
            .AddOpenApi(document => document.AddDocumentTransformer(ApiDescription.CompleteAsync))
            .AddAuthorization()
            .AddAuthentication(BearerHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.SchemeName, null);
        services
            .AddHealthChecks()
            .AddCheck<TokensCheck>(TokensCheck.Name, HealthStatus.Unhealthy, [ReadyTag, ReasonTag]);
        return services;
    }

    /// <summary>Serves the interface. Endpoints that others map, such as health, stay as they are.</summary>
    public static void UseOperationsApi(this WebApplication app)
    {
        app.UseWhen(
            request => request.Request.Path.StartsWithSegments(ApiRoutes.Version),
            api => api.UseMiddleware<FaultAnswers>().UseMiddleware<AccessGuard>()
        );
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapOpenApi();
        var routes = app.MapGroup(ApiRoutes.Version)
            .RequireAuthorization()
            .WithMetadata(new ApiLimits())
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapRotations();
        routes.MapInspections();
        routes.MapWorkers();
        routes.MapAudit();
    }
}
