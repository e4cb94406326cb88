using System.Diagnostics;
using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Control;
using RotationMesh.Postgres.Control.Ledger;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Waits;

namespace RotationMesh.Engine.Operating;

/// <summary>
/// Why a rotation stands still, by what the servers say at this moment and what its workers said last. It is asked for when
/// it is told, and kept nowhere: where nothing can be committed, no reason could be written down either.
/// </summary>
public sealed class Standstill(ControlDatabase control, RotationMap map, TargetDatabases databases)
{
    /// <summary>Time without progress after which whoever looks on is told why.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for what a database says; one that does not answer is a reason itself.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    /// <summary>Age up to which a worker's refusal says something of now.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    /// <summary>Databases that are asked: of hundreds that all wait, some say enough.</summary>
    private const int Asked = 8;

    /// <summary>Reasons that are told at once.</summary>
    private const int Told = 3;

    /// <summary>Age up to which an answer serves whoever asks several times a second.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(2);

    /// <summary>States that say themselves what they wait for.</summary>
    private static readonly string[] Explained = ["Paused", "AwaitingGates", "Cancelled"];

    private volatile Last? last;

    /// <summary>
    /// The document of a rotation, with what it waits for that somebody else has to do. It may go on elsewhere meanwhile.
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
        var before = last is { } answered && answered.Id == id ? answered : null;
        if (before is not null && Stopwatch.GetElapsedTime(before.At) < Lasting)
            return before.Reason;
        // Whoever asks once can't tell, and is not told what may be of the past.
        var since = before is not null && before.Place == place ? before.Since : now;
        var stands = Stopwatch.GetElapsedTime(since) >= Longest;
        var names = ledger is [.., { Open: > 0 } sweep]
            ? sweep.Tables.Where(table => table.Open > 0).Select(table => table.Table.Database)
            : map
                .Tables.Where(entry => rotation.Scopes.Contains(entry.Scope))
                .Select(entry => entry.Database);
        var reason = await FindAsync(id, names, stands, cancellationToken);
        last = new Last(id, place, since, now, reason);
        return reason;
    }

    /// <summary>
    /// The same of one that is known to stand still, with statements that only take their time. <paramref name="rotationId"/>
    /// is null before it has one; <paramref name="names"/> are its databases.
    /// </summary>
    public Task<string?> FindAsync(
        Guid? rotationId,
        IEnumerable<string> names,
        CancellationToken cancellationToken
    ) => FindAsync(rotationId, names, stands: true, cancellationToken);

    private async Task<string?> FindAsync(
        Guid? rotationId,
        IEnumerable<string> names,
        bool stands,
        CancellationToken cancellationToken
    )
    {
        var asked = names.Distinct().Where(databases.Has).Take(Asked).ToList();
        var looks = new List<Task<IReadOnlyList<string>>>
        {
            LookAsync(rotationId, asked, stands, cancellationToken),
        };
        looks.AddRange(asked.Select(name => LookAsync(name, stands, cancellationToken)));
        var found = (await Task.WhenAll(looks)).SelectMany(reasons => reasons).Distinct().Take(Told);
        return string.Join("; ", found) is { Length: > 0 } told ? told : null;
    }

    /// <summary>What a rotation says itself, and what is said of it.</summary>
    public static string? Joined(string? reason, string? waiting) =>
        reason is null ? waiting
        : waiting is null ? reason
        : $"{reason}; {waiting}";

    /// <summary>Whether a session of this program waits for others, so that it can't end by itself.</summary>
    public async Task<bool> IsForOthersAsync(CancellationToken cancellationToken)
    {
        var sources = map
            .Databases.Take(Asked)
            .Select(entry =>
                (Func<CancellationToken, Task<NpgsqlConnection>>)(
                    token => databases.OpenApartAsync(entry.Name, token)
                )
            );
        var looks = sources
            .Append(token => control.Source.OpenConnectionAsync(token).AsTask())
            .Select(async open =>
            {
                await using var connection = await open(cancellationToken);
                return (await SessionWaits.FindAsync(connection, cancellationToken)).Any(wait =>
                    wait.IsForOthers
                );
            });
        return (await Task.WhenAll(looks)).Any(waits => waits);
    }

    private Task<IReadOnlyList<string>> LookAsync(
        Guid? rotationId,
        IReadOnlyList<string> asked,
        bool stands,
        CancellationToken cancellationToken
    )
    {
        const string name = "control database";
        return AskAsync(
            name,
            async token =>
            {
                await using var connection = await control.Source.OpenConnectionAsync(token);
                var reasons = new List<string>();
                // Else it is told of the database of the map that it is.
                if (!asked.Any(IsControl))
                    reasons.AddRange(await ReasonsAsync(name, connection, stands, token));
                if (!stands || rotationId is not { } id || !await control.HasAsync("refusals", token))
                    return reasons;
                reasons.AddRange(await RefusalsAsync(id, token));
                if (await new PartitionErrors(control.Source).OfPendingAsync(id, token) is { } error)
                    reasons.Add($"{Reasons.TriedAgain}: {error}");
                return reasons;
            },
            cancellationToken
        );
    }

    private Task<IReadOnlyList<string>> LookAsync(
        string name,
        bool stands,
        CancellationToken cancellationToken
    ) =>
        AskAsync(
            $"database {name}",
            async token =>
            {
                await using var connection = await databases.OpenApartAsync(name, token);
                return await ReasonsAsync($"database {name}", connection, stands, token);
            },
            cancellationToken
        );

    private static async Task<IReadOnlyList<string>> ReasonsAsync(
        string name,
        NpgsqlConnection connection,
        bool stands,
        CancellationToken cancellationToken
    )
    {
        if (await WriteState.IsReadOnlyAsync(connection, cancellationToken))
            return [$"{name}: {DatabaseFaults.ReadOnly}"];
        var longest = (await SessionWaits.FindAsync(connection, cancellationToken))
            .Where(wait => wait.Seconds >= Longest.TotalSeconds && (stands || wait.IsForOthers))
            .OrderByDescending(wait => wait.IsForOthers)
            .FirstOrDefault();
        return longest is null ? [] : [$"{name}: {longest}"];
    }

    private async Task<IReadOnlyList<string>> RefusalsAsync(
        Guid rotationId,
        CancellationToken cancellationToken
    )
    {
        var now = await control.NowAsync(cancellationToken);
        var latest = await new Refusals(control.Source).ListAsync(rotationId, 1, cancellationToken);
        return
        [
            .. latest
                .Where(refusal => now - refusal.LastAt < Lately)
                .Select(refusal => $"worker {refusal.Worker} refuses: {refusal.Reason}"),
        ];
    }

    private bool IsControl(string name) =>
        map.Database(name).ConnectionString == map.Control.ConnectionString;

    private static async Task<IReadOnlyList<string>> AskAsync(
        string name,
        Func<CancellationToken, Task<IReadOnlyList<string>>> ask,
        CancellationToken cancellationToken
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Answer);
        try
        {
            return await ask(patience.Token);
        }
        catch (Exception fault)
            when (fault is NpgsqlException or TimeoutException or IOException or UsageException)
        {
            return
            [
                $"{name}: {DatabaseFaults.Describe(fault is TargetDatabaseException { InnerException: { } inner } ? inner : fault)}",
            ];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [$"{name}: {Reasons.NoAnswer} {Answer.TotalSeconds:0} s"];
        }
    }

    private sealed record Last(Guid Id, (string, long, long) Place, long Since, long At, string? Reason);
}
