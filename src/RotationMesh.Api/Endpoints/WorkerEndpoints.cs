using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Endpoints;

/// <summary><see cref="IApplicationWorkers"/> over HTTP.</summary>
internal static class WorkerEndpoints
{
    public static void MapWorkers(this IEndpointRouteBuilder routes)
    {
        var workers = routes.MapGroup(ApiRoutes.Workers).WithTags("Application workers");
        workers.MapGet("", LookAsync).IsLookup().Says("The application's queues as they are now");
        workers
            .MapPost(ApiRoutes.Pause, PauseAsync)
            .ForOperators()
            .TakesABody()
            .Says("Pause the queues that are not paused, and remember which");
        workers
            .MapPost(ApiRoutes.Resume, ResumeAsync)
            .ForOperators()
            .TakesABody()
            .Says("Resume the queues that were paused so, and no others");
    }

    private static async Task<Ok<WorkersDocument>> LookAsync(
        IApplicationWorkers workers,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await workers.LookAsync(cancellationToken));

    private static async Task<Ok<WorkersDocument>> PauseAsync(
        WorkersOrder order,
        ClaimsPrincipal caller,
        IApplicationWorkers workers,
        CancellationToken cancellationToken
    )
    {
        var requester = Orders.Requester(caller, order.RequestedBy);
        return TypedResults.Ok(await workers.PauseAsync(requester, cancellationToken));
    }

    private static async Task<Ok<WorkersDocument>> ResumeAsync(
        WorkersOrder order,
        ClaimsPrincipal caller,
        IApplicationWorkers workers,
        CancellationToken cancellationToken
    )
    {
        _ = Orders.Requester(caller, order.RequestedBy);
        return TypedResults.Ok(await workers.ResumeAsync(cancellationToken));
    }
}
