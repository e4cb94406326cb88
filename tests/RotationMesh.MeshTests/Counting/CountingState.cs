using MassTransit;

namespace RotationMesh.MeshTests.Counting;

/// <summary>A saga with one property of every kind that a real one stores.</summary>
public sealed class CountingState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }
    public string CurrentState { get; set; } = "";
    public int Counted { get; set; }
    public string? Notes { get; set; }
    public DateTimeOffset? StartedAt { get; set; }
    public string[] Scopes { get; set; } = [];
}
