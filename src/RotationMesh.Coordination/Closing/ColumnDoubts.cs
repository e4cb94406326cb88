using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Guards;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Checking;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Preflight;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Looks for values that a rotation passed over because a name of its map stood for other columns while it ran. A row has one version,
/// and it says nothing of a column that was not under that name when the row was written.
/// </summary>
internal sealed class ColumnDoubts(RotationPreflight preflight, TableClaims claims, ControlDatabase control)
{
    /// <summary>
    /// Records the columns of now, and returns what is wrong with those of before, with the tables by their last count. Throws
    /// <see cref="Npgsql.NpgsqlException"/> where a database does not answer, or the caller has lost its guard
    /// <paramref name="held"/>.
    /// </summary>
    public async Task<OtherColumns> FindAsync(
        HeldWork held,
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        CancellationToken cancellationToken
    )
    {
        var id = command.RotationId;
        if (await claims.RecordAsync(held, id, command.Goal, cancellationToken) is { } unrecorded)
            return new OtherColumns([], []) { Unrecorded = unrecorded };
        var left = await preflight.FindLeftColumnsAsync(
            id,
            command.Goal.Scopes,
            mustAnswer: true,
            cancellationToken
        );
        // A table that is marked by now was read wholly, by the columns that its leaves were listed with.
        var verify = VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
        var replaced = await SuspectTables.ListReplacedAsync(control, id, cancellationToken);
        return new OtherColumns(
            left,
            [
                .. from table in tables
                where table.Stored + table.External > 0 && replaced.Contains(table.FullName)
                let share = table.Share(verify)
                where share < 1
                select (table.FullName, Why(table.FullName, share)),
            ]
        );
    }

    private static string Why(TableName table, double share) =>
        $"table {table.Table}: it {Reasons.LeafChanged}: "
        + (share > 0 ? "retry the rotation" : "rotate again without --verify counts");
}

/// <summary>Columns of a rotation that are not what they were, or that nobody reads any more.</summary>
/// <param name="Left">Columns that hold values and have lost their name to another one, each with its table.</param>
/// <param name="Replaced">Tables of which not all rows were read, although a column was replaced.</param>
internal sealed record OtherColumns(
    IReadOnlyList<(TableName Table, string Why)> Left,
    IReadOnlyList<(TableName Table, string Why)> Replaced
)
{
    /// <summary>Why it is not known; null where it is.</summary>
    public string? Unrecorded { get; init; }

    /// <summary>Both.</summary>
    public IEnumerable<(TableName Table, string Why)> All => Left.Concat(Replaced);
}
