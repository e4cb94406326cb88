using System.Globalization;

namespace RotationMesh.Core.Map.Gates;

/// <summary>The workers of the mesh: enough run, and each of them has the map and all the keys.</summary>
public sealed record KeysEntry(int Line) : GateEntry(Keys, Keys, Line)
{
    /// <summary>Workers that must run.</summary>
    public required int AtLeast { get; init; }

    internal override IEnumerable<string> Identity => [Name, AtLeast.ToString(CultureInfo.InvariantCulture)];
}
