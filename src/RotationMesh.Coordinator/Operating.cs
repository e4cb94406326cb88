using Microsoft.Extensions.DependencyInjection;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Engine.Gating;
using RotationMesh.Engine.Operating;
using RotationMesh.Gates;
using RotationMesh.Operations;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Target;

namespace RotationMesh.Coordinator;

/// <summary>What operators ask for, on this coordinator's map, keys and control database.</summary>
internal static class Operating
{
    public static IServiceCollection AddOperations(this IServiceCollection services) =>
        services
            .AddSingleton(parts =>
                MapGates.Of(
                    parts.GetRequiredService<RotationMap>(),
                    parts.GetRequiredService<TargetDatabases>()
                )
            )
            .AddSingleton<IApplicationWorkers>(parts => new LocalWorkers(
                parts.GetRequiredService<GateSet>(),
                parts.GetRequiredService<ControlDatabase>()
            ))
            .AddSingleton<IRotations>(parts => new ControlRotations(
                parts.GetRequiredService<RotationMap>(),
                parts.GetRequiredService<KeyRing>,
                parts.GetRequiredService<ControlDatabase>()
            ))
            .AddSingleton<IInspections>(parts => new LocalInspections(
                parts.GetRequiredService<RotationMap>(),
                parts.GetRequiredService<KeyRing>,
                parts.GetRequiredService<TargetDatabases>(),
                parts.GetRequiredService<EnvelopeFormats>(),
                parts.GetRequiredService<ControlDatabase>(),
                parts.GetRequiredService<IExternalStores>()
            ));
}
