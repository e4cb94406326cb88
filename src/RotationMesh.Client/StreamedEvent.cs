using System.Text.Json;
using RotationMesh.Operations.Http;

namespace RotationMesh.Client;

/// <summary>One event of a stream.</summary>
internal sealed record StreamedEvent(string Name, string Text)
{
    /// <summary>The document that it carries. Throws where it is none of a coordinator's.</summary>
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
