using Npgsql;
using RotationMesh.Control;
using RotationMesh.Control.Ledger;
using RotationMesh.Control.Settling;
using RotationMesh.Core;
using RotationMesh.Core.Map;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Waits;
using RotationMesh.Tables;

namespace RotationMesh.LocalOperations.Records;

/// <summary>
/// Finds what sessions of this program wait for: asks the servers, and reads what the workers reported last.
/// </summary>
internal sealed class WaitReasons(ControlDatabase control, RotationMap map, ApplicationDatabases databases)
{
    /// <summary>Longest wait for a database's answer; a database that does not answer is a reason itself.</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(3);

    /// <summary>Age up to which a worker's refusal still counts.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a lock that a batch meets in passing.</summary>
    private static readonly TimeSpan Passing = TimeSpan.FromSeconds(1);

    /// <summary>Most databases that are asked: where hundreds wait, some say enough.</summary>
    private const int Asked = 8;

    /// <summary>Most reasons in one answer.</summary>
    private const int MostNamed = 3;

    /// <summary>
    /// Returns the reasons in one line; null where there are none. Where the rotation <paramref name="stands"/>
    /// still, they include refusals of workers, errors of partitions that wait for another try, and statements that
    /// only take their time.
    /// </summary>
    public async Task<string?> FindAsync(
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
        var found = (await Task.WhenAll(looks)).SelectMany(reasons => reasons).Distinct().Take(MostNamed);
        return string.Join("; ", found) is { Length: > 0 } told ? told : null;
    }

    /// <summary>Whether a session of this program has waited for others for longer than a batch does in passing.</summary>
    public async Task<bool> AreForOthersAsync(CancellationToken cancellationToken)
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
                    wait.IsForOthers && wait.Seconds >= Passing.TotalSeconds
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
                // Where the control database is one of the map's, that one's look reports it.
                if (!asked.Any(IsControl))
                    reasons.AddRange(await ReasonsAsync(name, connection, stands, token));
                if (!stands || rotationId is not { } id || !await control.HasAsync("refusals", token))
                    return reasons;
                reasons.AddRange(await RefusalsAsync(id, token));
                if (await new PartitionErrors(control).OfPendingAsync(id, token) is { } error)
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
            .Where(wait => wait.Seconds >= Standstill.Longest.TotalSeconds && (stands || wait.IsForOthers))
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
        var latest = await new Refusals(control).ListAsync(rotationId, 1, cancellationToken);
        return
        [
            .. latest
                .Where(refusal => now - refusal.LastAt < Lately)
                .Select(refusal => $"worker {refusal.Worker} {Reasons.WorkerRefuses} {refusal.Reason}"),
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
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Answer);
        try
        {
            return await ask(timeout.Token);
        }
        catch (Exception fault)
            when (fault is NpgsqlException or TimeoutException or IOException or UsageException)
        {
            return
            [
                $"{name}: {DatabaseFaults.Describe(fault is ApplicationDatabaseException { InnerException: { } inner } ? inner : fault)}",
            ];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [$"{name}: {Reasons.NoAnswer} {Answer.TotalSeconds:0} s"];
        }
    }
}
