using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RotationMesh.Api.Documentation;

/// <summary>Adds to the OpenAPI document what its endpoints do not say.</summary>
internal static class ApiDescription
{
    private const string Bearer = "bearer";

    /// <summary>Sets the title, and describes how to authenticate.</summary>
    public static Task CompleteAsync(
        OpenApiDocument document,
        OpenApiDocumentTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        document.Info = new OpenApiInfo
        {
            Title = "RotationMesh",
            Version = "v1",
            Description =
                "Rotates the master keys of encrypted PostgreSQL columns. Errors are problem details (RFC 9457).",
        };
        document.Servers?.Clear();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Bearer,
            Description = "A token of the coordinator's tokens file; none on loopback without that file.",
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
        ];
        return Task.CompletedTask;
    }
}
