using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Queries;

namespace RotationMesh.Control.Settling;

/// <summary>Writes what became of partitions whose rows are locked already, and who refused them.</summary>
internal sealed class PartitionOutcomes(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    private const string Done = """
        UPDATE rotationmesh.partitions p
        SET state = 'done', settled_at = now(), lease_until = NULL, last_error = NULL, worker = r.worker,
            rotated = r.rotated, conflicts = r.conflicts, contended = r.contended, failed_rows = r.failed_rows,
            verified = r.verified, empty_rows = r.empty_rows, decrypted_values = r.decrypted_values,
            write_until = NULL,
            left_until = greatest(p.left_until, CASE WHEN NOT r.is_over THEN p.write_until END)
        FROM unnest(@ids, @workers, @rotated, @conflicts, @contended, @failedRows, @verified, @emptyRows, @values, @over)
             AS r (partition_id, worker, rotated, conflicts, contended, failed_rows, verified, empty_rows, decrypted_values,
                   is_over)
        WHERE p.partition_id = r.partition_id
        """;

    private const string Failed = """
        UPDATE rotationmesh.partitions p
        SET state = 'failed', settled_at = now(), lease_until = NULL, failures = p.failures + 1,
            last_error = r.reason, worker = r.worker,
            write_until = NULL,
            left_until = greatest(p.left_until, CASE WHEN NOT r.is_over THEN p.write_until END)
        FROM unnest(@ids, @workers, @reasons, @over) AS r (partition_id, worker, reason, is_over)
        WHERE p.partition_id = r.partition_id
        """;

    private const string Delayed = """
        UPDATE rotationmesh.partitions p
        SET state = 'pending', lease_until = NULL, failures = p.failures + 1, not_before = now() + r.delay,
            last_error = r.reason, worker = r.worker,
            write_until = NULL,
            left_until = greatest(p.left_until, CASE WHEN NOT r.is_over THEN p.write_until END)
        FROM unnest(@ids, @workers, @reasons, @delays, @over) AS r (partition_id, worker, reason, delay, is_over)
        WHERE p.partition_id = r.partition_id
        """;

    private const string Requeued = """
        UPDATE rotationmesh.partitions p
        SET state = 'pending', lease_until = NULL, not_before = now() + r.is_cut_short::int * @pause, worker = r.worker,
            last_error = coalesce(r.reason, p.last_error),
            cut_short = p.cut_short + (r.is_cut_short AND r.rest_from IS NULL)::int,
            range = CASE
                WHEN r.rest_from IS NULL THEN p.range
                ELSE p.range || pg_catalog.jsonb_build_object(
                    'pages', pg_catalog.jsonb_build_object('from', r.rest_from, 'to', r.rest_to))
            END,
            write_until = NULL,
            left_until = greatest(p.left_until, CASE WHEN NOT r.is_over THEN p.write_until END)
        FROM unnest(@ids, @workers, @reasons, @over, @cutShort, @restsFrom, @restsTo)
             AS r (partition_id, worker, reason, is_over, is_cut_short, rest_from, rest_to)
        WHERE p.partition_id = r.partition_id
        """;

    // From this moment on, not from the transaction's start: it may have waited for a row since. What another coordinator wrote
    // meanwhile may be later.
    private const string Extended = """
        UPDATE rotationmesh.partitions p
        SET lease_until = greatest(p.lease_until, pg_catalog.clock_timestamp() + @lease), worker = r.worker
        FROM unnest(@ids, @workers) AS r (partition_id, worker)
        WHERE p.partition_id = r.partition_id
        """;

    // Sorted, so that two coordinators that record the same refusals lock them in the same order.
    private const string Refused = """
        INSERT INTO rotationmesh.refusals (rotation_id, worker, reason, refusals)
        SELECT r.rotation_id, r.worker, r.reason, count(*)
        FROM unnest(@rotations, @workers, @reasons) AS r (rotation_id, worker, reason)
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (rotation_id, worker, reason)
        DO UPDATE SET refusals = refusals.refusals + excluded.refusals,
                      last_at = greatest(refusals.last_at, excluded.last_at)
        """;

    public Task DoneAsync(IReadOnlyList<PartitionResult> results) =>
        ExecuteAsync(
            Done,
            results,
            new
            {
                ids = Ids(results),
                workers = Workers(results),
                rotated = results.Select(result => result.Counts.Rotated).ToArray(),
                conflicts = results.Select(result => result.Counts.Conflicts).ToArray(),
                contended = results.Select(result => result.Counts.Contended).ToArray(),
                failedRows = results.Select(result => result.Counts.Failed).ToArray(),
                verified = results.Select(result => result.Counts.Verified).ToArray(),
                over = Over(results),
                emptyRows = results.Select(result => result.Counts.Empty).ToArray(),
                values = results.Select(result => result.Counts.Values).ToArray(),
            }
        );

    public Task FailedAsync(IReadOnlyList<PartitionResult> results) =>
        ExecuteAsync(
            Failed,
            results,
            new
            {
                ids = Ids(results),
                workers = Workers(results),
                reasons = Reasons(results),
                over = Over(results),
            }
        );

    public Task DelayedAsync(IReadOnlyList<PartitionResult> results, IReadOnlyList<TimeSpan> delays) =>
        ExecuteAsync(
            Delayed,
            results,
            new
            {
                ids = Ids(results),
                workers = Workers(results),
                reasons = Reasons(results),
                over = Over(results),
                delays = delays.ToArray(),
            }
        );

    /// <summary>
    /// Returns partitions to pending. Those that had too little time wait for <paramref name="pause"/>: while a clock is far
    /// ahead, attempts must not follow each other without a break.
    /// </summary>
    public Task RequeuedAsync(IReadOnlyList<PartitionResult> results, TimeSpan pause) =>
        ExecuteAsync(
            Requeued,
            results,
            new
            {
                ids = Ids(results),
                workers = Workers(results),
                reasons = Reasons(results),
                over = Over(results),
                cutShort = results.Select(result => result.IsCutShort).ToArray(),
                restsFrom = results.Select(result => (long?)result.Rest?.From).ToArray(),
                restsTo = results.Select(result => (long?)result.Rest?.To).ToArray(),
                pause,
            }
        );

    public Task ExtendedAsync(IReadOnlyList<PartitionResult> results, TimeSpan lease) =>
        ExecuteAsync(
            Extended,
            results,
            new
            {
                ids = Ids(results),
                workers = Workers(results),
                lease,
            }
        );

    /// <summary>Counts refusals by worker and reason, for <c>status</c> to name.</summary>
    public Task RefusedAsync(IReadOnlyList<(Guid RotationId, PartitionResult Result)> refused)
    {
        var results = refused.Select(one => one.Result).ToList();
        return ExecuteAsync(
            Refused,
            results,
            new
            {
                rotations = refused.Select(one => one.RotationId).ToArray(),
                workers = Workers(results),
                reasons = results.Select(result => LedgerText.Reason(result.Reason ?? "")).ToArray(),
            }
        );
    }

    private static long[] Ids(IReadOnlyList<PartitionResult> results) =>
        [.. results.Select(result => result.PartitionId)];

    private static string[] Workers(IReadOnlyList<PartitionResult> results) =>
        [.. results.Select(result => LedgerText.Name(result.Worker))];

    private static bool[] Over(IReadOnlyList<PartitionResult> results) =>
        [.. results.Select(result => result.IsOver)];

    private static string?[] Reasons(IReadOnlyList<PartitionResult> results) =>
        [.. results.Select(result => result.Reason is { } reason ? LedgerText.Reason(reason) : null)];

    private Task ExecuteAsync(string sql, IReadOnlyList<PartitionResult> results, object values) =>
        results.Count == 0 ? Task.CompletedTask : connection.ExecuteAsync(sql, values, cancellationToken);
}
