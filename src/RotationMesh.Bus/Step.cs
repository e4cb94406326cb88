using RotationMesh.Contracts;

namespace RotationMesh.Bus;

/// <summary>A step of a rotation, which a coordinator does at the saga's command.</summary>
/// <param name="RotationId">The rotation.</param>
/// <param name="Name">
/// What the operator is told that the step is, and what the guard of the rotation is taken for. Coordinators of other
/// releases take the guard by the same name.
/// </param>
internal sealed record Step(Guid RotationId, string Name)
{
    /// <summary>The step that a message commands; null where it commands none.</summary>
    public static Step? Of(object message) =>
        message switch
        {
            CheckRotation step => new(step.RotationId, "check"),
            CheckGates step => new(step.RotationId, "gates"),
            PlanRotation step => new(step.RotationId, "plan"),
            CountRows step => new(step.RotationId, "count"),
            PlanVerification step => new(step.RotationId, "verify"),
            ConcludeRotation step => new(step.RotationId, "conclude"),
            _ => null,
        };
}
