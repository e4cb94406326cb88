using RotationMesh.Core.Gates;
using RotationMesh.Core.Map;
using RotationMesh.Core.Map.Gates;

namespace RotationMesh.Tables.Sessions;

/// <summary>Makes the gates that watch the sessions of the map's databases.</summary>
public sealed class SessionGates(RotationMap map, ApplicationDatabases databases) : IGateKind
{
    /// <inheritdoc/>
    public IGate? Make(GateEntry entry) =>
        entry is PostgresEntry sessions
            ? new SessionGate(
                sessions,
                [.. map.Tables.Where(table => table.Database == sessions.Database)],
                databases
            )
            : null;
}
