using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Control;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Embedding;

/// <summary>What the roles of a process work with. The caller owns the parts: no host disposes of them.</summary>
public sealed record MeshParts(
    RotationMap Map,
    KeyRing Ring,
    ApplicationDatabases Databases,
    SchemaCheck Schema,
    ControlDatabase Control
)
{
    /// <summary>The gates of the map.</summary>
    public GateSet Gates { get; init; } = MapGates.Of(Map, Databases, () => Ring, Control);

    /// <summary>Registers the parts for the roles.</summary>
    public IServiceCollection AddTo(IServiceCollection services) =>
        services
            .AddSingleton(Map)
            .AddSingleton(Ring)
            .AddSingleton(Databases)
            .AddSingleton(Schema)
            .AddSingleton(Gates)
            .AddSingleton(Control);
}
