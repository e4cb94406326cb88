using Npgsql;
using RotationMesh.Core.Map;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Schema;

namespace RotationMesh.Tables.Writers;

/// <summary>
/// Counts tables of one database so that it misses no row of a transaction that had begun to write: at a moment at which
/// nobody writes the table. Where there is none to be had, whoever writes when the count should begin is waited for, and it
/// begins anew.
/// </summary>
public sealed class SettledCount(ApplicationDatabases databases, IReadOnlyList<MappedTable> targets)
{
    /// <summary>
    /// Age at which a transaction is not passed over, however often the count began anew. It is doubled each time, else an
    /// application whose transactions last longer, and which always has one open, would hold it up for ever.
    /// </summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(1);

    /// <summary>Doublings, so that a long wait makes nobody young.</summary>
    private const int MostDoublings = 6;

    private readonly Dictionary<TableEntry, int> begun = [];
    private int tries = QuietCount.Tries; // for the lock, of all tables together: afterwards one a table

    /// <summary>Who is waited for.</summary>
    public EarlierWriters Writers { get; } = new(databases, targets);

    /// <summary>
    /// The counts of a table; null while transactions are to be waited for: they are <see cref="EarlierWriters.Open"/> then.
    /// Waits for them no longer than <paramref name="longest"/> at a time.
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

    // Between two tries whoever is open is waited for without the lock, behind which others would wait.
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

    // Those who wrote when it first should have begun have all ended.
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

/// <summary>The rows of a table by version, and what somebody should know of the count; null where there is nothing.</summary>
public sealed record TableCounted(IReadOnlyList<VersionCount> Counts, string? Note);
