using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Probing;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Counts every row once more before a rotation ends: since the last sweep's census, it may have been paused, or its
/// process gone, for days. The verdict depends on these counts, and on no number that was kept in between.
/// </summary>
internal sealed class LastLook(
    Surveyor surveyor,
    SettledCensuses censuses,
    ControlDatabase control,
    KeyRing ring
)
{
    /// <summary>Counts as the closing census does, once the transactions that had begun to write have ended.</summary>
    public async Task<LastCount> TakeAsync(ConcludeRotation command, CancellationToken cancellationToken)
    {
        var census = await ClosingCensus.FindAsync(control, ring, command.RotationId, cancellationToken);
        // Transactions that the census no longer waited for are not waited for again.
        var settled = census?.OpenWriters is null ? censuses.Of(command.RotationId, command.Sweep) : null;
        var survey = await surveyor.CountAsync(command.Goal, settled, cancellationToken, isLast: true);
        if (survey is { Gaps: null, Waiting: null })
            censuses.Forget(command.RotationId);
        return new LastCount(survey, census, command.Goal)
        {
            CountedAt = await control.NowAsync(cancellationToken),
        };
    }
}

/// <summary>The last count, and the census after the sweep; the census is null where it is not recorded.</summary>
internal sealed record LastCount(Survey Survey, ClosingCensus? Census, RotationGoal Goal)
{
    /// <summary>When the count had ended, by the control database's clock: a process may be frozen, and its own clock with it.</summary>
    public DateTime CountedAt { get; init; }

    /// <summary>Why nothing can be concluded now; null where all was counted.</summary>
    public string? Awaited => Survey.Gaps ?? Survey.Waiting;

    /// <summary>Open transactions that are not waited for any more; null where there are none.</summary>
    public string? OpenWriters => Survey.OpenWriters ?? Census?.OpenWriters;

    /// <summary>Rows that the map skips, so that they were not rotated, and tables of which some may not be counted.</summary>
    public IReadOnlyList<string> Doubts =>
        [
            .. Survey.Tables.Select(table => StrayRows.Find(table)?.Explain()).OfType<string>(),
            .. Survey.ChangedTables.Select(table =>
                $"table {table.Table}: a partition {Reasons.LeafChanged}: retry the rotation"
            ),
        ];

    /// <summary>Whether all is counted, and every row is at the target version.</summary>
    public bool IsClean =>
        Awaited is null && Doubts.Count == 0 && Survey.BelowTarget(Goal.TargetVersion) == 0;

    /// <summary>What the counts rest on, and objects beside a value in the table, which nobody reads.</summary>
    public IReadOnlyList<string> Notes => [.. Survey.Notes, .. ObjectsBeside.Describe(Survey.Tables)];

    /// <summary>
    /// Whether there are more rows below the target than the census found, or may be, in a leaf that was attached meanwhile. False
    /// if the census left unexplained rows, or rows of partitions that were given up: no further sweep would be made then.
    /// </summary>
    public bool RowsCameLate =>
        Census is { PendingRows: 0, GivenUp: null }
        && (Survey.ChangedTables.Count > 0 || Survey.BelowTarget(Goal.TargetVersion) > Census.BelowTarget);

    /// <summary>These counts, with those of the opening census that are <paramref name="known"/>.</summary>
    public IReadOnlyList<TableCount> Tables(IReadOnlyList<TableCount> known) =>
        [
            .. Survey
                .Counted(Goal)
                .Select(now =>
                    known.FirstOrDefault(table => table.FullName == now.FullName) is { } before
                        ? now with
                        {
                            OpeningPending = before.OpeningPending,
                            OpeningStored = before.OpeningStored,
                            OpeningEmpty = before.OpeningEmpty,
                            HeldAtPlanning = before.Holding,
                            ReadWhole = before.ReadWhole,
                            Leaves = before.Leaves,
                            ReadingStart = before.ReadingStart,
                        }
                        : now
                ),
        ];
}
