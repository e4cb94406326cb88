using RotationMesh.Contracts;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Map;
using RotationMesh.Tables;

namespace RotationMesh.Coordination.Closing;

/// <summary>Tables of which it is not sure that verification has read all rows that it was to read.</summary>
internal sealed class UnreadTables(Surveyor surveyor, ApplicationDatabases databases)
{
    /// <summary>
    /// Finds them where a rotation does not end as completed, which looks no further than its first fault. What a row of them was is
    /// not forgotten then. Throws as <see cref="ClosingDoubts.TellAsync"/> does.
    /// </summary>
    public async Task<IReadOnlyList<TableName>> FindAsync(
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        SweepSummary verification,
        CancellationToken cancellationToken
    )
    {
        var verify = VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
        var unread = new List<TableName>();
        foreach (var target in await surveyor.TargetsAsync(command.Goal, cancellationToken))
        {
            var name = target.Entry.FullName;
            if (tables.SingleOrDefault(table => table.FullName == name) is not { } counted)
                unread.Add(name);
            else if (counted.Share(verify) > 0)
            {
                var verified =
                    verification.Tables.SingleOrDefault(table => table.Table == name)?.Counts.Verified ?? 0;
                var isChanged = counted.Leaves is { } planned
                    ? await ChangedLeaves.FindAsync(databases, target, planned, counted, cancellationToken)
                        is not null
                    : counted.Stored > 0;
                if (isChanged || ClosingDoubts.Missed(verify, counted, counted.Stored, verified) is not null)
                    unread.Add(name);
            }
        }

        return unread;
    }
}
