using RotationMesh.Core;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Endpoints;

/// <summary>Reads the rotation from a path.</summary>
internal static class RotationId
{
    /// <summary>
    /// Returns the id; null for the latest rotation. Throws <see cref="UnknownRotationException"/> for text that is no id.
    /// </summary>
    public static Guid? Read(string text) =>
        text == ApiRoutes.Latest ? null
        : Guid.TryParse(text, out var id) ? id
        : throw new UnknownRotationException(
            $"'{(text.Length <= 40 ? text : text[..40] + "…")}' is not the id of a rotation"
        );
}
