namespace RotationMesh.Core;

/// <summary>Pages of a heap (8 KB each as a rule), from <paramref name="From"/> to just before <paramref name="To"/>.</summary>
public readonly record struct PageRange(uint From, uint To);
