using System.Text.Json;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>One event of a stream.</summary>
internal sealed record StreamedEvent(string Name, string Text)
{
    /// <summary>The document that it carries.</summary>
    public T Document<T>() => JsonSerializer.Deserialize<T>(Text, ApiJson.Documents)!;
}
