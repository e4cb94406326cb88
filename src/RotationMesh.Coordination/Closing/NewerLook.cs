using RotationMesh.Contracts;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Tables;
using RotationMesh.Tables.Planning;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Verification;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Decrypts the rows at the target version that were written since the verification of their table was planned, where workers read
/// all of its rows: one that moved meanwhile was perhaps read by none of them.
/// </summary>
internal sealed class NewerLook(ApplicationDatabases databases, KeyRing ring)
{
    /// <summary>
    /// Returns what speaks against the table, and a note on rows that changed each time that they were to be decrypted; null
    /// where there is nothing to say. After a failover or a start of the server, it reads all rows of the table. Throws
    /// <see cref="Npgsql.NpgsqlException"/>.
    /// </summary>
    public async Task<(string? Doubt, string? Note)> TellAsync(
        MappedTable target,
        RotationGoal goal,
        TableCount counted,
        CancellationToken cancellationToken
    )
    {
        using var rows = new NewerRows(databases, ring);
        var known = counted.Leaves is { } planned
            ? LeafList.Parse(planned).Leaves.Values.Select(leaf => leaf.Name).ToHashSet()
            : null;
        var found =
            await ReadAsync(ReadingStart.TryParse(counted.ReadingStart)) ?? await ReadAsync(start: null);
        if (found is null)
            return ($"a partition of it {Reasons.LeafChanged}: retry the rotation", null);
        return (
            found.Counts.Failed > 0
                ? $"{found.Counts.Failed} {Reasons.NewerUnreadable}: run verify, then retry the rotation"
                : null,
            ChangingRows.Describe(target.Entry.FullName, found.Counts.Contended)
        );

        Task<NewerOutcome?> ReadAsync(ReadingStart? start) =>
            rows.VerifyAsync(
                target,
                Surveyor.Tenants(goal),
                goal.TargetVersion,
                start,
                counting: false,
                _ => { },
                _ => Task.CompletedTask,
                cancellationToken,
                known
            );
    }
}
