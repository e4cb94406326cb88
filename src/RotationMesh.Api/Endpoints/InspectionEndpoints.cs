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

/// <summary><see cref="IInspections"/> and <see cref="IKeyRetirement"/> over HTTP.</summary>
internal static class InspectionEndpoints
{
    private const string Streamed =
        $"Events {ApiEvents.Progress}, then {ApiEvents.Result} with the document or {ApiEvents.Error} with problem details. "
        + "Whoever closes the connection ends it.";

    public static void MapInspections(this IEndpointRouteBuilder routes)
    {
        var inspections = routes.MapGroup("").WithTags("Inspections");
        inspections
            .MapPost(ApiRoutes.DryRun, DryRunAsync)
            .IsLimited()
            .ForOperators()
            .TakesABody()
            .Says("Decrypt and re-encrypt every row, and write nothing", Streamed);
        inspections
            .MapPost(ApiRoutes.Verification, VerifyAsync)
            .IsLimited()
            .ForOperators()
            .TakesABody()
            .Says("Decrypt every row, or a share, under the version that it claims", Streamed);
        inspections
            .MapPost(ApiRoutes.Census, CountAsync)
            .IsLimited()
            .TakesABody()
            .Says("Count rows by scope, table, tenant and key version");
        inspections
            .MapGet(ApiRoutes.Keys, ListKeysAsync)
            .IsLimited()
            .Says("Key versions and the rows that use each");
        inspections
            .MapPost(ApiRoutes.Retirement, RetireAsync)
            .IsLimited()
            .ForOperators()
            .TakesABody()
            .Says("Take an old key version out of service, where nothing needs it any more", Streamed);
        inspections
            .MapGet(ApiRoutes.Doctor, ExamineAsync)
            .IsLimited()
            .Says("Every precondition with its fix");
    }

    private static Task<ServerSentEventsResult<string>> DryRunAsync(
        RotationOrder order,
        HttpContext context,
        SharedInspections inspections,
        EventStreams streams
    )
    {
        Orders.Check(order);
        var asked = order with { RequestedBy = Orders.Requester(context.User, order.RequestedBy) };
        return streams.InspectAsync(
            context,
            (progress, stop) => inspections.DryRunAsync(asked, progress, stop)
        );
    }

    private static Task<ServerSentEventsResult<string>> VerifyAsync(
        VerificationOrder order,
        HttpContext context,
        SharedInspections inspections,
        EventStreams streams
    )
    {
        Orders.Check(order);
        return streams.InspectAsync(
            context,
            (progress, stop) => inspections.VerifyAsync(order, progress, stop)
        );
    }

    private static Task<ServerSentEventsResult<string>> RetireAsync(
        RetirementOrder order,
        HttpContext context,
        IKeyRetirement retirement,
        EventStreams streams
    )
    {
        Orders.Check(order);
        var asked = order with { RequestedBy = Orders.Requester(context.User, order.RequestedBy) };
        return streams.InspectAsync(
            context,
            (progress, stop) => retirement.RetireAsync(asked, progress, stop)
        );
    }

    private static async Task<Ok<CensusDocument>> CountAsync(
        RowSelection selection,
        SharedInspections inspections,
        CancellationToken cancellationToken
    )
    {
        Orders.Check(selection);
        return TypedResults.Ok(await inspections.CountAsync(selection, cancellationToken));
    }

    private static async Task<Ok<KeysDocument>> ListKeysAsync(
        SharedInspections inspections,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await inspections.ListKeysAsync(cancellationToken));

    private static async Task<Ok<DoctorDocument>> ExamineAsync(
        SharedInspections inspections,
        CancellationToken cancellationToken,
        bool scan = false
    ) => TypedResults.Ok(await inspections.ExamineAsync(scan, cancellationToken));
}
