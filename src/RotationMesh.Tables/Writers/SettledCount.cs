using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Statements;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Counts tables of one database without missing rows of a transaction that had begun to write. It counts at a moment when
/// nobody writes the table. Where there is no such moment, it waits for the transactions that were writing when the count
/// should have begun, and starts again.
/// </summary>
public sealed class SettledCount(ApplicationDatabases databases, IReadOnlyList<MappedTable> targets)
{
    /// <summary>
    /// Once the count has waited, it goes ahead beside transactions that are younger than this. The age doubles with each
    /// wait. Otherwise an application that always has a longer transaction open would delay the count for ever.
    /// </summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(1);

    /// <summary>Most doublings of <see cref="Young"/>: after a long wait, an old transaction must not count as young.</summary>
    private const int MostDoublings = 6;

    private readonly Dictionary<TableEntry, int> begun = [];
    private int tries = QuietCount.Tries; // to get the lock, for all tables together; then each table has one

    /// <summary>The transactions that the count waits for.</summary>
    public EarlierWriters Writers { get; } = new(databases, targets);

    /// <summary>
    /// Counts a table. Returns null where transactions are still open after <paramref name="longest"/>:
    /// <see cref="EarlierWriters.Open"/> has them, and the caller tries again.
    /// </summary>
    public async Task<TableCounted?> CountAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        TimeSpan longest,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        var quiet = await CountQuietAsync(target, tenants, longest, cancellationToken);
        if (quiet.Counts is { } counts)
            return new TableCounted(counts, null);
        do
        {
            await using var connection = await databases.OpenReadingAsync(
                target.Entry.Database,
                cancellationToken
            );
            await Writers.LookAsync(connection, cancellationToken);
            if (Writers.All.Count == 0 || MayPassOver(target))
            {
                var note = Describe(target, quiet.Refusal); // of this look: the count may take hours
                return new TableCounted(
                    await CountNowAsync(connection, target, tenants, cancellationToken),
                    note
                );
            }

            begun[target.Entry] = begun.GetValueOrDefault(target.Entry) + 1;
            Writers.AwaitAll();
        } while (await Writers.HaveEndedAsync(longest, cancellationToken));
        return null;
    }

    // Waits for open transactions between the tries, without asking for the lock: other writers would queue behind it.
    private async Task<QuietCounted> CountQuietAsync(
        MappedTable target,
        IReadOnlyList<string>? tenants,
        TimeSpan longest,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var quiet = await new QuietCount(databases).TryAsync(
                target,
                connection =>
                    new TableCensus(databases).CountAsync(connection, target, tenants, cancellationToken),
                cancellationToken
            );
            if (quiet.Refusal != QuietRefusal.Busy || tries == 1)
                return quiet;
            tries--;
            await Task.Delay(QuietCount.Pause, cancellationToken);
            await Writers.LookAsync(cancellationToken);
            if (Writers.All.Count == 0)
                return quiet; // a vacuum, say, may hold the table for hours
            Writers.AwaitAll();
            if (!await Writers.HaveEndedAsync(longest, cancellationToken))
                return quiet;
        }
    }

    private async Task<IReadOnlyList<VersionCount>> CountNowAsync(
        NpgsqlConnection connection,
        MappedTable target,
        IReadOnlyList<string>? tenants,
        CancellationToken cancellationToken
    )
    {
        var census = new TableCensus(databases);
        if (target.ByTenant)
            return await census.CountAsync(connection, target, tenants, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await QuietCount.SeeWholeTableAsync(connection, cancellationToken);
        return await census.CountAsync(connection, target, tenants, cancellationToken);
    }

    // Only after a first wait: the transactions that wrote when the count should have begun have all ended.
    private bool MayPassOver(MappedTable target) =>
        begun.GetValueOrDefault(target.Entry) is > 0 and var times && Writers.AreYounger(Age(times));

    private static TimeSpan Age(int times) => Young * (1 << Math.Min(times - 1, MostDoublings));

    private string? Describe(MappedTable target, QuietRefusal refusal)
    {
        if (Writers.All.Count == 0)
            return null;
        var why =
            refusal == QuietRefusal.MayNotLock
                ? "this role may not lock it (UPDATE on the whole table is the right)"
                : "it could not be locked";
        return $"table {target.Entry.Shown} was counted while it was being written, as {why}: by transactions that began less "
            + $"than {Age(begun[target.Entry]).TotalSeconds:0} s before, {EarlierWriters.Describe(Writers.All)}";
    }
}

/// <summary>The rows of a table by version, and a note on how it was counted; null where there is nothing to note.</summary>
public sealed record TableCounted(IReadOnlyList<VersionCount> Counts, string? Note);
