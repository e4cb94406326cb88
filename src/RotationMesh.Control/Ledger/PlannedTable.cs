namespace RotationMesh.Control.Ledger;

/// <summary>A table of a scope, by the names that the map gives them.</summary>
public readonly record struct PlannedTable(string Scope, string Database, string Table);
