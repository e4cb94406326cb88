using System.Text.Json;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>One event of a stream.</summary>
internal sealed record StreamedEvent(string Name, string Text)
{
    /// <summary>
    /// Returns its document. Throws <see cref="InvalidOperationException"/> where it is not one of a coordinator.
    /// </summary>
    public T Document<T>(Uri server)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Text, ApiJson.Documents) ?? throw Transport.Foreign(server);
        }
        catch (JsonException fault)
        {
            throw Transport.Foreign(server, fault);
        }
    }
}
