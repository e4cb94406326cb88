using System.Globalization;

namespace RotationMesh.Core.Map.Gates;

/// <summary>Workers of the mesh: enough are there, and every one of them has the map and all the keys.</summary>
public sealed record KeysEntry(int Line) : GateEntry(Keys, Keys, Line)
{
    /// <summary>Workers that must be there.</summary>
    public required int AtLeast { get; init; }

    internal override IEnumerable<string> Identity => [Name, AtLeast.ToString(CultureInfo.InvariantCulture)];
}
