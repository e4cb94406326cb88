namespace RotationMesh.Tables.Rows;

/// <summary>The version that rows are brought to, and whether newer rows may go down to it.</summary>
public sealed record RotationTarget(int Version, bool AllowDowngrade);
