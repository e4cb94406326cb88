using RotationMesh.Coordination.Persistence;

namespace RotationMesh.Coordination.Saga;

/// <summary>Table of rotations. The database fills start and end; census and summary are only read here.</summary>
internal static class RotationTable
{
    public static readonly SagaTable<Rotation> Table = new(
        "rotationmesh.rotations",
        "correlation_id",
        "state",
        "requested_by",
        "embedded",
        "scopes",
        "tenants",
        "target_version",
        "target_fingerprint",
        "map_hash",
        "batch_size",
        "allow_downgrade",
        "sweep",
        "settled_sweep",
        "verified_sweep",
        "idle_sweeps",
        "left_rows",
        "retrying",
        "retry_scopes",
        "retry_tenants",
        "retry_errors",
        "verify",
        "breaker_off",
        "paused_in",
        "gate_lost_in",
        "pause_workers",
        SagaColumn.Jsonb("ignored_gates"),
        "snapshot_taken_at",
        "reason",
        "concluded",
        "steerings",
        SagaColumn.ReadOnly("census"),
        SagaColumn.ReadOnly("census_seal"),
        SagaColumn.ReadOnly("summary"),
        SagaColumn.ReadOnly("summary_seal"),
        SagaColumn.ReadOnly("audit_sequence"),
        SagaColumn.Told("heard_at", "pg_catalog.clock_timestamp()"),
        "seal"
    );
}
