using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus;
using RotationMesh.Control.Audit;
using RotationMesh.Core.Keys;

namespace RotationMesh.Coordination.Composition;

/// <summary>Registers the audit log of a process with keys, and logs each committed event with its hash.</summary>
public static class AuditRegistration
{
    /// <summary>Registers it once, for every part that appends.</summary>
    public static IServiceCollection AddAuditLog(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(parts => new AuditLog(
            parts.GetRequiredService<KeyRing>(),
            LogTo(parts.GetRequiredService<ILogger<AuditLog>>())
        ));
        return services;
    }

    /// <summary>Logs an event's position and hash.</summary>
    public static Action<AuditEvent> LogTo(ILogger log) =>
        appended => MeshLog.Audited(log, appended.Sequence, Convert.ToHexStringLower(appended.Hash));
}
