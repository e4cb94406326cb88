using System.Collections.Concurrent;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Tables;

/// <summary>
/// Tells the time of the databases' clocks without asking each time. A database that does not answer is asked again only
/// after a while, so it delays few callers, and briefly.
/// </summary>
public sealed class DatabaseClocks(ApplicationDatabases databases, TimeProvider time)
{
    private const string Ask = "SELECT pg_catalog.clock_timestamp()";

    /// <summary>
    /// Age at which a reading is replaced: meanwhile a clock drifts by milliseconds, or somebody sets it.
    /// </summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for an answer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Most databases of a server that are asked until one answers.</summary>
    private const int Tries = 3;

    private readonly ConcurrentDictionary<string, Reading> readings = []; // by server, where that is known

    /// <summary>Returns the present time of each database that has ever answered, by its name in the map.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> NowAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        // All databases of a server have one clock.
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

    /// <summary>Asks a database for its time. Throws <see cref="NpgsqlException"/> where it can't be reached.</summary>
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

    // Null where it does not answer: the last known reading stays in use.
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
