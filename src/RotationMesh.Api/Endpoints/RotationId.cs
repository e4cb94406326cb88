using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Endpoints;

/// <summary>The rotation that a path names.</summary>
internal static class RotationId
{
    /// <summary>Its id; null for the latest. Throws <see cref="UnknownRotationException"/> for what is no id.</summary>
    public static Guid? Read(string text) =>
        text == ApiRoutes.Latest ? null
        : Guid.TryParse(text, out var id) ? id
        : throw new UnknownRotationException(
            $"'{(text.Length <= 40 ? text : text[..40] + "…")}' is not the id of a rotation"
        );
}
