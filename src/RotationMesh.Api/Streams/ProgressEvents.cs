using RotationMesh.Operations.Documents;
using RotationMesh.Operations.Http;

namespace RotationMesh.Api.Streams;

/// <summary>Sends the progress of an inspection as events.</summary>
internal sealed class ProgressEvents(EventSender events) : IProgress<ProgressDocument>
{
    public void Report(ProgressDocument value) => events.Send(ApiEvents.Progress, value);
}
