namespace RotationMesh.Core.Faults;

/// <summary>An exception whose message is for the operator, and holds no secret.</summary>
public interface IFault
{
    /// <summary>What it means to the operator.</summary>
    FaultKind Kind { get; }
}
