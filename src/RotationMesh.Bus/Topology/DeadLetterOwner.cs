namespace RotationMesh.Bus.Topology;

/// <summary>Registered by the role that declares the queue of the dead letters.</summary>
internal sealed class DeadLetterOwner;
