namespace RotationMesh.Core;

/// <summary>
/// One column of a row's primary key; JSON has it as a number where <paramref name="IsNumber"/> is true, else as a string.
/// </summary>
public readonly record struct KeyPart(string Column, string Value, bool IsNumber);
