using System.Collections.Concurrent;
using System.Diagnostics;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Rotations;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Finds why a rotation is stalled, by what the servers say now and what its workers reported last. It is asked on
/// demand, and the answer is stored nowhere: where nothing can be committed, no reason could be stored either.
/// </summary>
public sealed class Standstill(ControlDatabase control, RotationMap map, ApplicationDatabases databases)
{
    /// <summary>Time without progress after which the operator is told the reason.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer about a stalled rotation is used again.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an answer about a rotation that makes progress is used again; a part of the rotation may be stalled.
    /// </summary>
    private static readonly TimeSpan LastingWhileItGoesOn = TimeSpan.FromSeconds(10);

    /// <summary>Age at which an answer is dropped: nobody asks for its rotation any more.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    /// <summary>States whose own reason says what they wait for.</summary>
    private static readonly string[] Explained =
    [
        RotationState.Paused,
        RotationState.AwaitingGates,
        RotationState.Cancelled,
    ];

    private readonly WaitReasons reasons = new(control, map, databases);
    private readonly ConcurrentDictionary<Guid, Last> answers = [];
    private int asking; // 1 while one caller asks the servers; others get the last answer

    /// <summary>
    /// Returns the document of a rotation, with what it waits for and others have to do. Other parts of the rotation
    /// may go on meanwhile.
    /// </summary>
    public async Task<RotationDocument> TellAsync(
        RotationDocument document,
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> ledger,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(rotation);
        ArgumentNullException.ThrowIfNull(ledger);
        var waiting = await FindAsync(rotation, ledger, cancellationToken);
        return document with { Reason = Joined(document.Reason, waiting) };
    }

    private async Task<string?> FindAsync(
        RunningRotation rotation,
        IReadOnlyList<SweepSummary> ledger,
        CancellationToken cancellationToken
    )
    {
        var (id, now) = (rotation.RotationId, Stopwatch.GetTimestamp());
        if (Explained.Contains(rotation.State) || rotation.IsOver || rotation.Elapsed < Longest)
            return null;
        var place = (rotation.State, ledger.Sum(one => one.Done), ledger.Sum(one => one.Failed));
        var before = answers.GetValueOrDefault(id);
        // One call can't tell whether the rotation is stalled: that takes two calls that see the same progress.
        var since = before is not null && before.Place == place ? before.Since : now;
        var stands = Stopwatch.GetElapsedTime(since) >= Longest;
        if (
            before is not null
            && Stopwatch.GetElapsedTime(before.At) < (stands ? Lasting : LastingWhileItGoesOn)
        )
        {
            answers[id] = before with { Place = place, Since = since };
            return before.Reason;
        }

        if (Interlocked.Exchange(ref asking, 1) != 0)
            return before?.Reason;
        try
        {
            return await AskServersAsync();
        }
        finally
        {
            Volatile.Write(ref asking, 0);
        }

        async Task<string?> AskServersAsync()
        {
            var names = ledger is [.., { Open: > 0 } sweep]
                ? sweep.Tables.Where(table => table.Open > 0).Select(table => table.Table.Database)
                : map
                    .Tables.Where(entry => rotation.Scopes.Contains(entry.Scope))
                    .Select(entry => entry.Database);
            var reason = await reasons.FindAsync(id, names, stands, cancellationToken);
            answers[id] = new Last(place, since, now, reason);
            foreach (var (old, answer) in answers)
                if (Stopwatch.GetElapsedTime(answer.At) > Forgotten)
                    answers.TryRemove(old, out _);
            return reason;
        }
    }

    /// <summary>
    /// Finds why a rotation is stalled that is known to be; slow statements count as reasons.
    /// <paramref name="rotationId"/> is null where it has none yet; <paramref name="names"/> are its databases.
    /// </summary>
    public Task<string?> FindAsync(
        Guid? rotationId,
        IEnumerable<string> names,
        CancellationToken cancellationToken
    ) => reasons.FindAsync(rotationId, names, stands: true, cancellationToken);

    /// <summary>Joins the reason that a rotation gives itself and what it waits for; null where there is neither.</summary>
    public static string? Joined(string? reason, string? waiting) =>
        reason is null ? waiting
        : waiting is null || reason.Contains(waiting, StringComparison.Ordinal) ? reason
        : $"{reason}; {waiting}";

    /// <summary>
    /// Whether a session of this program has waited for others for longer than for a lock that is met in passing: it
    /// can't end by itself then.
    /// </summary>
    public Task<bool> IsForOthersAsync(CancellationToken cancellationToken) =>
        reasons.AreForOthersAsync(cancellationToken);

    private sealed record Last((string, long, long) Place, long Since, long At, string? Reason);
}
