using System.Globalization;
using Npgsql;
using RotationMesh.Contracts;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Coordination.Surveying;
using RotationMesh.Core;
using RotationMesh.Core.External;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Records;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.External;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Coordination.Closing;

/// <summary>
/// Looks for evidence against "every row is at the target version and decrypts" before a rotation is called complete.
/// Workers are trusted with rows and not with the verdict: this process compares their numbers with the census, and
/// decrypts its own sample of every table, and what was written since verification was planned where that reads all rows.
/// </summary>
internal sealed class ClosingDoubts(
    Surveyor surveyor,
    KeyRing ring,
    ApplicationDatabases databases,
    ControlDatabase control
)
{
    /// <summary>
    /// Returns the summary with a sentence for the operator for each doubt, if there is any, and the tables that the next
    /// verification has to read wholly: another sample could pass over what this one met. It notes what external rows hold
    /// beside their value if that is under an old version, as they claim. Throws
    /// <see cref="NpgsqlException"/> where a database does not answer, <see cref="ExternalStoreException"/> where a
    /// store does not, and <see cref="UsageException"/> where a table no longer fits the map: nothing is concluded
    /// then.
    /// </summary>
    public async Task<(ClosingSummary Summary, IReadOnlyList<TableName> Suspects)> TellAsync(
        ClosingSummary summary,
        ConcludeRotation command,
        IReadOnlyList<TableCount> tables,
        SweepSummary verification,
        CancellationToken cancellationToken
    )
    {
        var doubts = new List<string>();
        var suspects = new List<TableName>();
        List<string> notes = [.. summary.Notes ?? []];
        var look = new InlineLook(databases, ring);
        var newer = new NewerLook(databases, ring);
        var left = new LeftTenants(databases, control, command.RotationId);
        var census = await ClosingCensus.FindAsync(control, ring, command.RotationId, cancellationToken);
        if (census is not { Uncounted: null, PendingRows: 0 } || census.Sweep != command.Sweep)
            doubts.Add($"{Reasons.NoCensus}: retry the rotation");
        // This runs only where no such row is recorded.
        if (verification.Tables.Sum(table => table.Counts.Failed) is > 0 and var lost)
            doubts.Add($"verification met {lost} {Reasons.UnreadableUnrecorded}: retry the rotation");
        var verify = VerificationShare.TryParse(command.Goal.Verify) ?? VerificationShare.Default;
        var targets = await surveyor.TargetsAsync(command.Goal, cancellationToken);
        if (
            await NamedTenants.ExplainAsync(databases, targets, command.Goal, cancellationToken) is
            { } unknown
        )
            doubts.Add(unknown);
        foreach (var target in targets)
        {
            var name = target.Entry.FullName;
            if (tables.SingleOrDefault(table => table.FullName == name) is not { } counted)
            {
                doubts.Add($"table {name.Table}: {Reasons.NotCounted}: retry the rotation");
                continue;
            }

            if (await left.ExplainAsync(command.Goal, target, cancellationToken) is { } hidden)
                doubts.Add(hidden);
            var inline = await look.LookAsync(target, Surveyor.Tenants(command.Goal), cancellationToken);
            foreach (var count in inline.Counts.Where(count => count.OpenedBy != command.Goal.TargetVersion))
                (IsFalse(count, command.Goal) ? doubts : notes).Add($"{inline.Table}: {count.Description}");
            if (counted.Stored > 0)
                await LookAtRowsAsync(target, counted);
            // After the newer rows were read: a rewrite before that takes rows elsewhere.
            if (counted.Share(verify) > 0)
            {
                if (counted.Leaves is not { } planned)
                {
                    if (counted.Stored > 0)
                        Suspect(name, $"{Reasons.LeavesUnknown}: retry the rotation");
                }
                else if (
                    await ChangedLeaves.FindAsync(databases, target, planned, counted, cancellationToken) is
                    { } other
                )
                    doubts.Add($"table {name.Table}: {other} {Reasons.LeafChanged}: retry the rotation");
            }
        }

        return (summary with { Doubts = doubts, Notes = notes }, suspects);

        async Task LookAtRowsAsync(MappedTable target, TableCount counted)
        {
            var name = target.Entry.FullName;
            // Verification did not cover rows that the application added since the census.
            var stored = Math.Min(counted.Stored, Stored(census, name) ?? counted.Stored);
            if (Missed(verify, counted, stored, Verified(verification, name)) is { } missed)
                Suspect(name, missed);
            if (!ring.Contains(command.Goal.TargetVersion))
                doubts.Add(
                    $"table {name.Table}: this process has no key of version {command.Goal.TargetVersion}, {Reasons.NoKeyToSample}"
                );
            else if (await SampleAsync(target, command.Goal, counted, cancellationToken) is { } unreadable)
                Suspect(name, unreadable);
            else if (counted.Share(verify) >= 1)
            {
                var (doubt, note) = await newer.TellAsync(target, command.Goal, counted, cancellationToken);
                if (doubt is not null)
                    Suspect(name, doubt);
                if (note is not null && !notes.Contains(note)) // workers may have told the same
                    notes.Add(note);
            }
        }

        void Suspect(TableName name, string doubt)
        {
            doubts.Add($"table {name.Table}: {doubt}");
            suspects.Add(name);
        }
    }

    /// <summary>Why a fault prevents the check, which proves nothing either way; null for other faults.</summary>
    public static string? WhyNotNow(Exception fault) =>
        fault switch
        {
            UsageException wrong => wrong.Message,
            ExternalStoreException store => $"{Reasons.NoSample}: {store.Message}",
            NpgsqlException away => $"{Reasons.NoSample}: {DatabaseFaults.Describe(away)}",
            TimeoutException or IOException => "a database does not answer in time",
            _ => null,
        };

    // A row that claims the target but needs another key. A row that claims another version counts as no success.
    private static bool IsFalse(InlineCount count, RotationGoal goal) =>
        count.OpenedBy is not null && count.Claimed == goal.TargetVersion;

    internal static long? Stored(ClosingCensus? census, TableName name) =>
        census
            ?.Stored?.FirstOrDefault(table => new TableName(table.Scope, table.Database, table.Table) == name)
            ?.Rows;

    internal static long Verified(SweepSummary verification, TableName name) =>
        verification.Tables.SingleOrDefault(table => table.Table == name)?.Counts.Verified ?? 0;

    // Rows may have been deleted since the share was chosen, so a large table may have become small.
    internal static string? Missed(
        VerificationShare verify,
        TableCount counted,
        long stored,
        long verified
    ) =>
        MissedRows.Expected(counted.Share(verify), stored, verified) is { } expected
            ? $"verification saw {verified} {Reasons.RowsNotVerified} {expected} are: retry the rotation"
            : null;

    private static string Where(MappedTable target, StoreSample objects) =>
        objects.Failed > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" ({objects.Failed} of them in {target.Entry.ExternalStore!.Place})"
            )
            : "";

    // Decrypts a random sample of values at the target version, in the table and its store; null if all succeed.
    private async Task<string?> SampleAsync(
        MappedTable target,
        RotationGoal goal,
        TableCount counted,
        CancellationToken cancellationToken
    )
    {
        var results = await new KeyProbe(databases, ring).ProbeAsync(
            new RowsByVersion(
                target,
                [
                    new VersionCount(goal.TargetVersion, External: false, counted.Stored)
                    {
                        Empty = counted.Empty,
                    },
                ]
            ),
            Surveyor.Tenants(goal),
            cancellationToken
        );
        var objects = await new StoreProbe(databases, ring).ProbeAsync(
            target,
            goal.TargetVersion,
            Surveyor.Tenants(goal),
            cancellationToken
        );
        var tried = results.Sum(result => result.Tried) + objects.Tried;
        var failed = results.Sum(result => result.Failed) + objects.Failed;
        if (tried == 0 && counted.Holding > 0)
            return $"{Reasons.NothingSampled}: retry the rotation";
        return failed == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{failed} of {tried} values at version {goal.TargetVersion} {Reasons.SampleUnreadable}, and no worker said so{Where(target, objects)}: run verify"
            );
    }
}
