namespace RotationMesh.Api.Access;

/// <summary>A bearer token as the coordinator knows it.</summary>
internal sealed record ApiToken(string Name, ApiRole Role, byte[] Hash);
