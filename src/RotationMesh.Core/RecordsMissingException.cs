namespace RotationMesh.Core;

/// <summary>A table of the control database that was there is not any more: somebody dropped it, and what it held with it.</summary>
public sealed class RecordsMissingException(string message) : Exception(message);
