namespace RotationMesh.Control.Schema;

/// <summary>A table of the control schema: the privileges that the role needs on it, and its columns.</summary>
internal sealed record ControlTable(string Name, string Privileges, string Columns)
{
    private const string Add = "SELECT INSERT";
    private const string Change = "SELECT INSERT UPDATE";
    private const string Replace = "SELECT INSERT UPDATE DELETE";

    /// <summary>Every table of a schema that is up to date, except the journal.</summary>
    public static readonly IReadOnlyList<ControlTable> All =
    [
        new(
            "audit_events",
            Add,
            "sequence recorded_at kind rotation_id actor host details previous_hash hash key_version mac"
        ),
        new("audit_head", Change, "is_only sequence hash key_version mac"),
        new(
            "rotations",
            Change,
            "correlation_id state target_version target_fingerprint map_hash scopes tenants started_at ended_at summary requested_by embedded batch_size allow_downgrade sweep settled_sweep verified_sweep idle_sweeps left_rows retrying breaker_off paused_in gate_lost_in reason concluded audit_sequence audit_hash pause_workers ignored_gates snapshot_taken_at verify retry_scopes retry_tenants retry_errors census seal census_seal summary_seal steerings"
        ),
        new(
            "rotation_tables",
            Change,
            "rotation_id scope database_name table_name opening_pending stored pending external_rows counted_at opening_empty empty_rows sparse read_whole leaves opening_stored reading_start identity columns unread"
        ),
        new("sweeps", Change, "rotation_id sweep phase started_at planned_at"),
        new(
            "sweep_tables",
            Change,
            "sweep_table_id rotation_id sweep phase scope database_name table_name priority partitions done failed expected_rows rotated conflicts contended failed_rows verified empty_rows decrypted_values"
        ),
        new(
            "partitions",
            Change,
            "partition_id sweep_table_id sequence state attempt failures expiries expected_rows not_before lease_until settled_at rotated conflicts contended failed_rows verified worker last_error range write_until left_until cut_short empty_rows decrypted_values dispatch"
        ),
        new(
            "row_failures",
            Replace,
            "rotation_id scope database_name table_name row_key tenant version error recorded_at key_digest value_size cause read_again"
        ),
        new("refusals", Change, "rotation_id worker reason refusals first_at last_at"),
        new(
            "claims",
            Replace,
            "rotation_id database_name table_name tenants claimed_at identity relations tenancy parts columns"
        ),
        new("rotated_databases", Replace, "database_name identity rotation_id claimed_at"),
        new(
            "rotated_tables",
            Change,
            "database_name table_name identity relation rotation_id claimed_at part_of"
        ),
        new("rotation_parts", Change, "rotation_id database_name table_name identity parts columns"),
        new(
            "rotated_columns",
            Change,
            "identity relation number path rotation_id claimed_at database_name table_name column_name"
        ),
        new("met_keys", Add, "version fingerprint rotation_id met_at"),
        new(
            "requests",
            Replace,
            "request_id rotation_id kind message trace_parent requested_at sent_at asked_at seal refused_at refused_for"
        ),
        new(
            "workers",
            Replace,
            "worker host program_version map_hash key_versions key_fingerprints concurrency joined_at last_seen left_at database_names database_identities"
        ),
        new("paused_queues", Replace, "gate queue rotation_id paused_at paused_by"),
        new("retired_keys", Add, "version fingerprint retired_at retired_by audit_sequence audit_hash"),
    ];
}
