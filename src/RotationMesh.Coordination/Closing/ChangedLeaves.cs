using RotationMesh.Control.Rotations;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Closing;

/// <summary>Tables and leaves that were rewritten or replaced since their verification was planned.</summary>
internal static class ChangedLeaves
{
    /// <summary>
    /// Returns the table or the leaf of which verification may have passed over rows; null where there is none. Of an empty table it
    /// passed over none, unless it is another one than was <paramref name="planned"/>. Throws
    /// <see cref="Npgsql.NpgsqlException"/> where the database does not answer.
    /// </summary>
    public static async Task<string?> FindAsync(
        ApplicationDatabases databases,
        MappedTable target,
        string planned,
        TableCount counted,
        CancellationToken cancellationToken
    )
    {
        if (await LeafList.ReadAsync(databases, target, cancellationToken) is not { } now)
            return "it";
        var change = now.Since(LeafList.Parse(planned));
        if (change.IsReplaced)
            return "it";
        return counted.Stored > 0 ? change.Other?.ToString() : null;
    }
}
