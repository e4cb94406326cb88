using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Failures;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Closing;

/// <summary>Tables of which it is not sure that a rotation has read all rows that it was to read.</summary>
internal sealed class UnreadTables(
    Surveyor surveyor,
    KeyRing ring,
    ApplicationDatabases databases,
    ControlDatabase control
)
{
    private readonly NewerLook newer = new(databases, ring);

    /// <summary>
    /// Finds them where a rotation does not end as completed, which looks no further than its first fault. What a row of them was is
    /// not forgotten then. Throws as <see cref="ClosingDoubts.TellAsync"/> does.
    /// </summary>
    public async Task<IReadOnlyList<TableName>> FindAsync(
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        SweepSummary verification,
        IReadOnlyList<TableFailures> failures,
        CancellationToken cancellationToken
    )
    {
        var census = await ClosingCensus.FindAsync(control, ring, command.RotationId, cancellationToken);
        var left = new LeftTenants(databases, control, command.RotationId);
        var unread = new List<TableName>();
        foreach (var target in await surveyor.TargetsAsync(command.Goal, cancellationToken))
        {
            var name = target.Entry.FullName;
            var counted = tables.SingleOrDefault(table => table.FullName == name);
            var recorded = failures.SingleOrDefault(table => table.FullName == name)?.Pending ?? 0;
            if (
                counted is null
                || counted.Pending > recorded
                || Missed(command, counted, ClosingDoubts.Stored(census, name), verification)
                || await ChangedAsync(target, command, counted, cancellationToken)
                || await left.ExplainAsync(command.Goal, target, cancellationToken) is not null
            )
                unread.Add(name);
        }

        return unread;
    }

    /// <summary>
    /// Whether no table, and no leaf of it, became another one since its reading was planned. Throws as
    /// <see cref="ClosingDoubts.TellAsync"/> does.
    /// </summary>
    public async Task<bool> AreAsReadAsync(
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        CancellationToken cancellationToken
    )
    {
        foreach (var target in await surveyor.TargetsAsync(command.Goal, cancellationToken))
            if (
                tables.SingleOrDefault(table => table.FullName == target.Entry.FullName) is { } counted
                && counted.Share(Verify(command)) > 0
                && (
                    counted.Leaves is { } planned
                        ? await ChangedLeaves.FindAsync(
                            databases,
                            target,
                            planned,
                            counted,
                            cancellationToken
                        )
                            is not null
                        : counted.Stored > 0
                )
            )
                return false;
        return true;
    }

    // Verification reads rows at the target version, and none that the application added since the census.
    private static bool Missed(
        ConcludeRotation command,
        TableCount counted,
        long? censused,
        SweepSummary verification
    )
    {
        var stored = Math.Min(counted.Stored, censused ?? counted.Stored) - counted.Pending;
        var verified = ClosingDoubts.Verified(verification, counted.FullName);
        return stored > 0 && ClosingDoubts.Missed(Verify(command), counted, stored, verified) is not null;
    }

    private async Task<bool> ChangedAsync(
        MappedTable target,
        ConcludeRotation command,
        TableCount counted,
        CancellationToken cancellationToken
    )
    {
        if (counted.Share(Verify(command)) is not (> 0 and var share))
            return false;
        if (counted.Leaves is not { } planned)
            return counted.Stored > 0;
        if (share >= 1 && counted.Stored > 0 && ring.Contains(command.Goal.TargetVersion))
        {
            var (doubt, _) = await newer.TellAsync(target, command.Goal, counted, cancellationToken);
            if (doubt is not null)
                return true;
        }

        return await ChangedLeaves.FindAsync(databases, target, planned, counted, cancellationToken)
            is not null;
    }

    private static VerificationShare Verify(ConcludeRotation command) =>
        VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
}
