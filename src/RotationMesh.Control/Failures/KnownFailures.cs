using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Control.Failures;

/// <summary>
/// Distinguishes a wrong key from rows that an earlier rotation left behind: once the other rows are rotated, most rows
/// that remain at the old version do not decrypt.
/// </summary>
public sealed class KnownFailures(ControlDatabase control)
{
    private const string Most = """
        SELECT coalesce(max(rows), 0) FROM (
            SELECT count(*) AS rows FROM rotationmesh.row_failures
            WHERE scope = @scope AND database_name = @database AND table_name = @table AND version = @version
            GROUP BY rotation_id) AS of_rotations
        """;

    /// <summary>
    /// The results that indicate a wrong key. A result is left out where one earlier rotation, which tried its keys at
    /// its start, recorded at least half of the table's rows of that version as failed.
    /// </summary>
    public async Task<IReadOnlyList<ProbeResult>> WrongKeysAsync(
        RowsByVersion table,
        IReadOnlyList<ProbeResult> results,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(table);
        var wrong = new List<ProbeResult>();
        foreach (var result in results.Where(result => result.IsWrongKey))
        {
            var known = await CountAsync(table.Target, result.Version, cancellationToken);
            if (known * 2 < table.Claiming(result.Version, external: false))
                wrong.Add(result);
        }

        return wrong;
    }

    private async Task<long> CountAsync(MappedTable target, long version, CancellationToken cancellationToken)
    {
        if (!await control.HasAsync("row_failures", cancellationToken))
            return 0;
        var (scope, database, table) = (target.Entry.Scope, target.Entry.Database, target.Entry.Name);
        return await control.ScalarAsync<long>(
            Most,
            new
            {
                scope,
                database,
                table,
                version,
            },
            cancellationToken
        );
    }
}
