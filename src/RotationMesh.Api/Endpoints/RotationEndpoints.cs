using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RotationMesh.Api.Limits;
using RotationMesh.Api.Streams;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Endpoints;

/// <summary><see cref="IRotations"/> over HTTP.</summary>
internal static class RotationEndpoints
{
    public static void MapRotations(this IEndpointRouteBuilder routes)
    {
        var rotations = routes.MapGroup(ApiRoutes.Rotations).WithTags("Rotations");
        rotations
            .MapPost("", StartAsync)
            .ForOperators()
            .TakesABody()
            .Says(
                "Start a rotation",
                "Answers when the gates hold; jobs that still run are waited for. With an id of the caller's own, asking again starts nothing else."
            )
            .ProducesProblem(StatusCodes.Status423Locked);
        rotations.MapGet("", ListAsync).IsLookup().Says("List rotations, the latest first");
        var rotation = rotations.MapGroup("{id}").ProducesProblem(StatusCodes.Status404NotFound);
        rotation.MapGet("", FindAsync).IsLookup().Says("One rotation, or the latest");
        rotation
            .MapGet(ApiRoutes.Failures, FailuresAsync)
            .IsLookup()
            .Says("The rows that a rotation left as they are");
        rotation
            .MapGet(ApiRoutes.Report, ReportAsync)
            .IsLimited()
            .Says("Everything that a logbook or an incident wants to know of a rotation");
        rotation
            .MapGet(ApiRoutes.Events, FollowAsync)
            .IsLookup()
            .Says(
                "Follow a rotation",
                $"Events {ApiEvents.Rotation}, each with the whole document but for its failures, which the last one has; "
                    + $"{ApiEvents.Alive} where nothing happens; then {ApiEvents.End} or {ApiEvents.Error}. "
                    + "A stream that stops before that was cut: ask again."
            );
        rotation
            .MapPost(ApiRoutes.Control, ControlAsync)
            .ForOperators()
            .TakesABody()
            .Says("Pause, resume, cancel or retry a rotation")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Created<StartedRotation>> StartAsync(
        RotationOrder order,
        ClaimsPrincipal caller,
        IRotations rotations,
        CancellationToken cancellationToken
    )
    {
        Orders.Check(order);
        var asked = order with
        {
            RequestedBy = Orders.Requester(caller, order.RequestedBy),
            // The span of this request, a child of the caller's span where the caller traces.
            TraceParent = Activity.Current?.Id ?? order.TraceParent,
        };
        var id = await rotations.StartAsync(asked, cancellationToken);
        return TypedResults.Created(
            $"{ApiRoutes.Version}{ApiRoutes.Rotations}/{id}",
            new StartedRotation(id)
        );
    }

    private static async Task<Ok<RotationListDocument>> ListAsync(
        IRotations rotations,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await rotations.ListAsync(cancellationToken));

    private static async Task<Ok<RotationDocument>> FindAsync(
        string id,
        IRotations rotations,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await rotations.FindAsync(RotationId.Read(id), cancellationToken));

    private static async Task<Ok<FailuresDocument>> FailuresAsync(
        string id,
        IRotations rotations,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await rotations.ListFailuresAsync(RotationId.Read(id), cancellationToken));

    private static async Task<Ok<ReportDocument>> ReportAsync(
        string id,
        SharedInspections inspections,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await inspections.ReportAsync(RotationId.Read(id), cancellationToken));

    private static async Task<Ok<RotationDocument>> ControlAsync(
        string id,
        ControlOrder order,
        ClaimsPrincipal caller,
        IRotations rotations,
        CancellationToken cancellationToken
    )
    {
        Orders.Check(order);
        var asked = order with { RequestedBy = Orders.Requester(caller, order.RequestedBy) };
        return TypedResults.Ok(await rotations.ControlAsync(RotationId.Read(id), asked, cancellationToken));
    }

    private static async Task<ServerSentEventsResult<string>> FollowAsync(
        string id,
        IRotations rotations,
        EventStreams streams,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        // Looked up first, so that an unknown rotation gets an error status and not an event.
        var found = await rotations.FindAsync(RotationId.Read(id), cancellationToken);
        return streams.Send(context, events => RotationFeed.SendAsync(rotations, found.RotationId, events));
    }
}
