using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Core.Map;

/// <summary>
/// A request to the application once its rows are rotated and verified, such as an export of a rotated tenant.
/// <paramref name="Name"/> is unique in the map.
/// </summary>
public sealed record PostCheckEntry(string Name, HttpExpectation Expectation)
{
    internal IEnumerable<string> Identity => ["postChecks", Name, .. Expectation.Identity];
}
