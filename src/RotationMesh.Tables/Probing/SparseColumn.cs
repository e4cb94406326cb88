namespace RotationMesh.Tables.Probing;

/// <summary>A declared column, with its path, and in how many rows of the table it holds a value.</summary>
public sealed record SparseColumn(string Column, long Values, long Rows);
