using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Benchmarks;

/// <summary>
/// Looks at which phase a rotation is: by its record, and before it has one by what its sessions do. The program writes
/// nothing of it while it runs.
/// </summary>
internal sealed class RotationLook(NpgsqlConnection observer)
{
    // The column is of a later migration than the table. The census is the only statement before the record that counts
    // rows of the table.
    private const string Sessions = """
        SELECT EXISTS (
                   SELECT FROM pg_attribute
                   WHERE attrelid = to_regclass('rotationmesh.rotations') AND attname = 'verified_sweep'),
               count(*) > 0,
               coalesce(bool_or(state = 'active' AND query LIKE '%count(*)%knowledge_entries%'), false)
        FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'rotationmesh'
        """;

    private const string Record =
        "SELECT state, sweep, settled_sweep, verified_sweep FROM rotationmesh.rotations";

    private bool hasRecords;
    private bool hasBegun;

    /// <summary>The phase now.</summary>
    public async Task<RotationPhase> NowAsync()
    {
        if (hasRecords && await RecordedAsync() is { } recorded && recorded != RotationPhase.Checks)
            return recorded;
        await using var command = new NpgsqlCommand(Sessions, observer);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        hasRecords = reader.GetBoolean(0);
        hasBegun |= reader.GetBoolean(1);
        if (reader.GetBoolean(2))
            return RotationPhase.Census;
        return hasBegun ? RotationPhase.Checks : RotationPhase.Start;
    }

    // Null where there is no record yet.
    private async Task<RotationPhase?> RecordedAsync()
    {
        await using var command = new NpgsqlCommand(Record, observer);
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            return null;
        var sweep = reader.GetInt32(1);
        return reader.GetString(0) switch
        {
            RotationState.Checking or RotationState.AwaitingGates => RotationPhase.Checks,
            RotationState.Planning => RotationPhase.Rotate,
            RotationState.Rotating when reader.GetInt32(2) < sweep => RotationPhase.Rotate,
            RotationState.Rotating => RotationPhase.ClosingCensus,
            RotationState.Verifying when reader.GetInt32(3) < sweep => RotationPhase.Verify,
            _ => RotationPhase.End,
        };
    }
}
