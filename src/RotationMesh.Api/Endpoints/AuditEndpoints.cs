using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RotationMesh.Api.Limits;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Endpoints;

/// <summary><see cref="IAuditTrail"/> over HTTP.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("").WithTags("Audit log");
        audit
            .MapGet(ApiRoutes.Audit, ListAsync)
            .IsLookup()
            .Says("The newest events of the audit log, or those of a rotation");
        audit
            .MapGet(ApiRoutes.AuditVerification, VerifyAsync)
            .IsLimited()
            .Says("Check the hash chain of the audit log, and that an event of a noted hash is in it");
        audit
            .MapGet(ApiRoutes.AuditExport, ExportAsync)
            .IsLimited()
            .Produces<string>(StatusCodes.Status200OK, ApiMediaTypes.Lines)
            .Says("Every event of the audit log, a line of JSON each, in the order of the chain");
    }

    private static async Task<Ok<AuditDocument>> ListAsync(
        IAuditTrail audit,
        CancellationToken cancellationToken,
        string? rotation = null
    )
    {
        var id = rotation is null ? null : RotationId.Read(rotation);
        return TypedResults.Ok(await audit.ListAsync(id, cancellationToken));
    }

    private static async Task<Ok<AuditVerdictDocument>> VerifyAsync(
        SharedInspections inspections,
        CancellationToken cancellationToken,
        string? expect = null
    ) => TypedResults.Ok(await inspections.VerifyAuditAsync(expect, cancellationToken));

    private static async Task<PushStreamHttpResult> ExportAsync(
        IAuditTrail audit,
        StreamSeats seats,
        HttpContext context,
        CancellationToken cancellationToken
    )
    {
        seats.Take(context);
        // The first event is read before the answer begins, so that a missing log is an error and not an empty export.
        var events = audit.ExportAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var any = await events.MoveNextAsync();
        return TypedResults.Stream(body => WriteAsync(body, events, any), ApiMediaTypes.Lines);
    }

    private static async Task WriteAsync(Stream body, IAsyncEnumerator<string> events, bool any)
    {
        await using var source = events;
        await using var lines = new StreamWriter(body) { NewLine = "\n" };
        for (; any; any = await events.MoveNextAsync())
            await lines.WriteLineAsync(events.Current);
    }
}
