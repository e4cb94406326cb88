using RotationMesh.Control.Guards;
using RotationMesh.Control.Queries;
using RotationMesh.Core.Map;

namespace RotationMesh.Control.Ledger;

/// <summary>
/// Plans sweeps into the ledger. A planned partition may be taken at once, while the rest is still being planned. After a
/// crash, a planner starts again from the beginning and leaves what was planned before as it is. A planner that has lost
/// the guard <paramref name="held"/> plans nothing more.
/// </summary>
public sealed class PartitionPlan(ControlDatabase control, HeldWork held)
{
    private const string AddSweep = """
        INSERT INTO rotationmesh.sweeps (rotation_id, sweep, phase) VALUES (@rotationId, @sweep, @phase)
        ON CONFLICT DO NOTHING
        """;

    private const string AddTable = """
        INSERT INTO rotationmesh.sweep_tables (rotation_id, sweep, phase, scope, database_name, table_name, priority)
        VALUES (@rotationId, @sweep, @phase, @scope, @database, @table, @priority)
        ON CONFLICT DO NOTHING
        """;

    private const string FindTable = """
        SELECT sweep_table_id FROM rotationmesh.sweep_tables
        WHERE rotation_id = @rotationId AND sweep = @sweep AND phase = @phase
          AND scope = @scope AND database_name = @database AND table_name = @table
        """;

    private const string IsPlanned = """
        SELECT EXISTS (
            SELECT 1 FROM rotationmesh.sweeps
            WHERE rotation_id = @rotationId AND sweep = @sweep AND phase = @phase AND planned_at IS NOT NULL)
        """;

    private const string Drop = """
        DELETE FROM rotationmesh.sweeps
        WHERE rotation_id = @rotationId AND sweep = @sweep AND phase = @phase AND planned_at IS NULL
        """;

    private const string Finish = """
        UPDATE rotationmesh.sweeps SET planned_at = now()
        WHERE rotation_id = @rotationId AND sweep = @sweep AND phase = @phase AND planned_at IS NULL
        """;

    /// <summary>
    /// Begins to plan a table, or begins again. Within a database, tables with a lower <paramref name="priority"/> number are
    /// taken first.
    /// </summary>
    public async Task<TablePlan> BeginTableAsync(
        SweepKey sweep,
        TableName table,
        short priority,
        CancellationToken cancellationToken
    )
    {
        var values = new
        {
            sweep.RotationId,
            sweep.Sweep,
            phase = PhaseText.Write(sweep.Phase),
            table.Scope,
            table.Database,
            table.Table,
            priority,
        };
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        foreach (var insert in new[] { AddSweep, AddTable })
            await connection.ExecuteAsync(insert, values, cancellationToken);
        var id = await connection.ScalarAsync<long>(FindTable, values, cancellationToken);
        return new TablePlan(control, held, sweep, table, id);
    }

    /// <summary>Whether the sweep is planned to its end.</summary>
    public Task<bool> IsPlannedAsync(SweepKey sweep, CancellationToken cancellationToken) =>
        control.ScalarAsync<bool>(IsPlanned, Values(sweep), cancellationToken);

    /// <summary>
    /// Drops a sweep that was not planned to its end, with what was done of it. Planned again, its pages and leaves may differ,
    /// and sequence numbers that are kept would leave some out. A sweep to verify begins with this; what a sweep to rewrite
    /// leaves out, the census finds. The statement runs in the session that holds the guard.
    /// </summary>
    public Task DropUnfinishedAsync(SweepKey sweep, CancellationToken cancellationToken) =>
        held.ExecuteAsync(Drop, Values(sweep), cancellationToken);

    /// <summary>
    /// Marks a sweep as planned to its end, in all its tables; only then can it be settled. A sweep without partitions is
    /// settled at once. The statements run in the session that holds the guard: a planner that has lost it finishes nothing.
    /// </summary>
    public async Task FinishPlanningAsync(SweepKey sweep, CancellationToken cancellationToken)
    {
        foreach (var statement in new[] { AddSweep, Finish })
            await held.ExecuteAsync(statement, Values(sweep), cancellationToken);
    }

    private static object Values(SweepKey sweep) =>
        new
        {
            sweep.RotationId,
            sweep.Sweep,
            phase = PhaseText.Write(sweep.Phase),
        };
}
