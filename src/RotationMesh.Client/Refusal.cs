using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RotationMesh.Core;
using RotationMesh.Core.Faults;
using RotationMesh.Core.Gates;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>Problem details of a coordinator, which it turns into an exception for the operator.</summary>
internal sealed record Refusal(int? Status = null, string? Title = null, string? Detail = null)
{
    /// <summary>Returns the exception for an answer without success.</summary>
    public static async Task<Exception> ReadAsync(
        Uri server,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        var refusal = await ReadAsync(response, cancellationToken);
        return (refusal ?? new Refusal()).Exception(server, response.StatusCode);
    }

    /// <summary>Returns the exception for an error event.</summary>
    public static Exception Read(Uri server, StreamedEvent problem)
    {
        var refusal = problem.Document<Refusal>(server);
        return refusal.Exception(server, (HttpStatusCode)(refusal.Status ?? 500));
    }

    private static async Task<Refusal?> ReadAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        try
        {
            return await response.Content.ReadFromJsonAsync<Refusal>(ApiJson.Documents, cancellationToken);
        }
        catch (Exception fault) when (fault is JsonException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    private Exception Exception(Uri server, HttpStatusCode status)
    {
        var kind = FaultOutcomes.KindOf(status);
        return status switch
        {
            HttpStatusCode.Unauthorized => new UsageException(
                $"{Name(server)} does not let you in: {Title ?? "it asks for a token"}; set ROTATIONMESH_TOKEN, or "
                    + "ROTATIONMESH_TOKEN_FILE, to one that its tokens file has"
            ),
            HttpStatusCode.Forbidden => new UsageException(
                $"{Name(server)} does not allow it: {Title ?? "forbidden"}{Suffix}"
            ),
            _ when Title is not null && OfKind(kind, Title) is { } told => told,
            _ when kind == FaultKind.Busy => Transport.Unreachable(server, Title ?? "it is busy; ask again"),
            // A proxy answers so.
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                Transport.Unreachable(server, Title ?? $"it answers {(int)status}"),
            >= HttpStatusCode.InternalServerError => new InvalidOperationException(
                $"{Title ?? $"the coordinator answers {(int)status}"}{Suffix}"
            ),
            >= HttpStatusCode.BadRequest when Title is not null => new UsageException($"{Title}{Suffix}"),
            _ => NoCoordinator(server),
        };
    }

    // Each other kind is wrong usage, or a fault of the program: its status tells which, and its detail is shown.
    private static Exception? OfKind(FaultKind? kind, string message) =>
        kind switch
        {
            FaultKind.UnknownRotation => new UnknownRotationException(message),
            FaultKind.RecordsMissing => new RecordsMissingException(message),
            FaultKind.GateClosed => new GateClosedException(message),
            FaultKind.Database => new DatabaseFaultException(message),
            _ => null,
        };

    private string Suffix => Detail is null ? "" : $"; {Detail}";

    private static UsageException NoCoordinator(Uri server) =>
        new($"there is no coordinator at {server.AbsoluteUri}: is --server (or ROTATIONMESH_SERVER) right?");

    private static string Name(Uri server) => server.GetLeftPart(UriPartial.Authority);
}
