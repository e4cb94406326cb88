using System.Collections.Concurrent;
using Npgsql;
using RotationMesh.Core;

namespace RotationMesh.Postgres.Target;

/// <summary>
/// What the databases' clocks say, without asking each time. A database that does not answer holds up nobody: it is asked
/// again after a while.
/// </summary>
public sealed class TargetClocks(TargetDatabases databases, TimeProvider time)
{
    private const string Ask = "SELECT pg_catalog.clock_timestamp()";

    /// <summary>Age of a reading after which the clock is read again: clocks drift by milliseconds meanwhile, or are set.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Reading> readings = [];

    /// <summary>The time now of those that have ever answered, by their names in the map.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> NowAsync(
        IReadOnlyCollection<string> names,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        await Task.WhenAll(names.Select(name => ReadAsync(name, cancellationToken)));
        var now = new Dictionary<string, DateTime>();
        foreach (var name in names)
        {
            if (readings.TryGetValue(name, out var reading) && reading.Said is { } said)
                now[name] = said + time.GetElapsedTime(reading.SaidAt);
        }

        return now;
    }

    /// <summary>What a database's clock says now, asked for. Throws where it does not answer.</summary>
    public static async Task<DateTime> AskAsync(
        TargetDatabases databases,
        string name,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(databases);
        await using var connection = await databases.OpenReadingAsync(name, cancellationToken);
        await using var command = new NpgsqlCommand(Ask, connection);
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ReadAsync(string name, CancellationToken cancellationToken)
    {
        var last = readings.GetValueOrDefault(name);
        if (last is not null && time.GetElapsedTime(last.AskedAt) < Lasting)
            return;
        var asked = time.GetTimestamp();
        readings[name] = (last ?? new Reading()) with { AskedAt = asked };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var said = await AskAsync(databases, name, patience.Token);
            readings[name] = new Reading
            {
                AskedAt = asked,
                Said = said,
                SaidAt = time.GetTimestamp(),
            };
        }
        catch (Exception fault)
            when (fault is NpgsqlException or UsageException or TimeoutException or IOException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            // What was last known of it serves on.
        }
    }

    private sealed record Reading
    {
        public long AskedAt { get; init; }
        public DateTime? Said { get; init; }
        public long SaidAt { get; init; }
    }
}
