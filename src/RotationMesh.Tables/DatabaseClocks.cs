using System.Collections.Concurrent;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables;

/// <summary>
/// What the databases' clocks say, without asking each time. A database that does not answer holds up nobody: it is asked
/// again after a while.
/// </summary>
public sealed class DatabaseClocks(ApplicationDatabases databases, TimeProvider time)
{
    private const string Ask = "SELECT pg_catalog.clock_timestamp()";

    /// <summary>Age of a reading after which the clock is read again: clocks drift by milliseconds meanwhile, or are set.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for an answer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Databases of a server that are asked, where one does not answer.</summary>
    private const int Tries = 3;

    private readonly ConcurrentDictionary<string, Reading> readings = []; // by server, where that is known

    /// <summary>The time now of those that have ever answered, by their names in the map.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> NowAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        // Databases of a server have one clock.
        await Task.WhenAll(
            names.GroupBy(Key).Select(some => ReadAsync(some.Key, [.. some], cancellationToken))
        );
        var now = new Dictionary<string, DateTime>();
        foreach (var name in names)
        {
            if (readings.TryGetValue(Key(name), out var reading) && reading.Said is { } said)
                now[name] = said + time.GetElapsedTime(reading.SaidAt);
        }

        return now;
    }

    /// <summary>What a database's clock says now, asked for. Throws where it does not answer.</summary>
    public static async Task<DateTime> AskAsync(
        ApplicationDatabases databases,
        string name,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
        await using var command = new NpgsqlCommand(Ask, connection);
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private string Key(string name) => databases.Places.ServerOf(name) ?? name;

    private async Task ReadAsync(string key, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var last = readings.GetValueOrDefault(key);
        if (last is not null && time.GetElapsedTime(last.AskedAt) < Lasting)
            return;
        var asked = time.GetTimestamp();
        readings[key] = (last ?? new Reading()) with { AskedAt = asked };
        foreach (var name in names.Take(Tries))
        {
            if (await TryAskAsync(name, cancellationToken) is not { } said)
                continue;
            readings[key] = new Reading
            {
                AskedAt = asked,
                Said = said,
                SaidAt = time.GetTimestamp(),
            };
            return;
        }
    }

    // Null where it does not answer: what was last known serves on.
    private async Task<DateTime?> TryAskAsync(string name, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);
        try
        {
            return await AskAsync(databases, name, timeout.Token);
        }
        catch (Exception fault)
            when (fault is NpgsqlException or UsageException or TimeoutException or IOException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    private sealed record Reading
    {
        public long AskedAt { get; init; }
        public DateTime? Said { get; init; }
        public long SaidAt { get; init; }
    }
}
