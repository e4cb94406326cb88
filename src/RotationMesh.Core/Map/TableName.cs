namespace RotationMesh.Core.Map;

/// <summary>A table of a scope, by the names that the map gives them: what the ledger, messages and reports know it by.</summary>
public readonly record struct TableName(string Scope, string Database, string Table);
