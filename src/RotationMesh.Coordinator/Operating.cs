using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus.Standing;
using RotationMesh.Control;
using RotationMesh.Control.Audit;
using RotationMesh.Coordination.Composition;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Gates;
using RotationMesh.LocalOperations.Auditing;
using RotationMesh.LocalOperations.Gating;
using RotationMesh.LocalOperations.Operating;
using RotationMesh.LocalOperations.Records;
using RotationMesh.Operations;
using RotationMesh.Tables;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Coordinator;

/// <summary>Registers the operations, which use this coordinator's map, keys and control database.</summary>
internal static class Operating
{
    private const string ForReading = "reading";
    private const string ForRetiring = "retiring";

    public static IServiceCollection AddOperations(this IServiceCollection services) =>
        services
            .AddKeyedSingleton(
                ForReading,
                (parts, _) =>
                    new ApplicationDatabases(Databases(parts))
                    {
                        LockTimeout = ApplicationDatabases.ReadingLockTimeout,
                    }
            )
            .AddKeyedSingleton(
                ForRetiring,
                (parts, _) =>
                    new ApplicationDatabases(Databases(parts))
                    {
                        LockTimeout = ApplicationDatabases.ReadingLockTimeout,
                        PrimaryOnly = true,
                    }
            )
            .AddSingleton(parts =>
                MapGates.Of(Map(parts), Databases(parts), () => Ring(parts), Control(parts))
            )
            .AddSingleton(parts => new ControlRotations(Map(parts), () => Ring(parts), Control(parts))
            {
                Entrance = new GateEntrance(Map(parts), Gates(parts), Control(parts)),
                Hindrance = parts.GetRequiredService<BrokerStanding>().Explain,
                Standstill = new Standstill(Control(parts), Map(parts), Databases(parts)),
            })
            .AddSingleton<IRotations>(parts => parts.GetRequiredService<ControlRotations>())
            .AddSingleton<IApplicationWorkers>(parts => new LocalWorkers(Gates(parts), Control(parts)))
            .AddSingleton<IInspections>(parts => new LocalInspections(
                Map(parts),
                () => Ring(parts),
                Reading(parts),
                parts.GetRequiredService<EnvelopeFormats>(),
                Control(parts),
                parts.GetRequiredService<IExternalStores>()
            )
            {
                WorkersAreExpected = true,
                Own = () => BrokerFindings.Of(parts.GetRequiredService<BrokerStanding>()),
            })
            .AddSingleton<IAuditTrail>(parts => new ControlAuditTrail(Control(parts), () => Ring(parts)))
            .AddSingleton<IReports>(parts => new LocalReports(
                Map(parts),
                parts.GetRequiredService<ControlRotations>(),
                Reading(parts),
                Schema(parts, Reading(parts)),
                Control(parts),
                parts.GetRequiredService<IAuditTrail>()
            ))
            .AddSingleton<IKeyRetirement>(parts => new LocalKeyRetirement(
                Map(parts),
                () => Ring(parts),
                Retiring(parts),
                Schema(parts, Retiring(parts)),
                Control(parts)
            )
            {
                Appended = AuditRegistration.LogTo(parts.GetRequiredService<ILogger<AuditLog>>()),
            });

    private static RotationMap Map(IServiceProvider parts) => parts.GetRequiredService<RotationMap>();

    private static KeyRing Ring(IServiceProvider parts) => parts.GetRequiredService<KeyRing>();

    private static ApplicationDatabases Databases(IServiceProvider parts) =>
        parts.GetRequiredService<ApplicationDatabases>();

    // Inspections wait only briefly for a locked table, and then report who holds the lock.
    private static ApplicationDatabases Reading(IServiceProvider parts) =>
        parts.GetRequiredKeyedService<ApplicationDatabases>(ForReading);

    private static ApplicationDatabases Retiring(IServiceProvider parts) =>
        parts.GetRequiredKeyedService<ApplicationDatabases>(ForRetiring);

    private static SchemaCheck Schema(IServiceProvider parts, ApplicationDatabases databases) =>
        new(
            databases,
            parts.GetRequiredService<EnvelopeFormats>(),
            parts.GetRequiredService<IExternalStores>()
        );

    private static GateSet Gates(IServiceProvider parts) => parts.GetRequiredService<GateSet>();

    private static ControlDatabase Control(IServiceProvider parts) =>
        parts.GetRequiredService<ControlDatabase>();
}
