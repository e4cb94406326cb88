using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;
using RotationMesh.Tables.Writing;

namespace RotationMesh.Tables.Rewriting;

/// <summary>
/// Rewrites the rows of one partition after another: it reads them once as a stream, and re-encrypts a batch while the
/// database writes the one before. It is safe to repeat, because rows at the target version are left alone. For one caller
/// at a time.
/// </summary>
public sealed class PartitionRotator : IDisposable
{
    private readonly ApplicationDatabases databases;
    private readonly RotationSettings settings;
    private readonly Reencryptor reencryptor;
    private readonly RowReencryptor rows;
    private readonly Action<RowCounts> progress;
    private (RowBatch First, RowBatch Second)? batches; // they take turns

    /// <summary>
    /// Works with the keys of <paramref name="ring"/>. <paramref name="progress"/> receives the outcome of each batch and of
    /// each row failure; the outcome of a partition is their sum.
    /// </summary>
    public PartitionRotator(
        ApplicationDatabases databases,
        KeyRing ring,
        RotationSettings settings,
        Action<RowCounts> progress
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.databases = databases;
        this.settings = settings;
        this.progress = progress;
        reencryptor = new Reencryptor(ring);
        rows = new RowReencryptor(ring, reencryptor, settings.Target);
    }

    /// <summary>
    /// Share of the time to write that is kept back, up to <see cref="MostKeptBack"/>, so that the last batch is written
    /// before the write deadline: another worker then goes on from there, and no write is refused.
    /// </summary>
    private const double KeptBack = 0.1;

    private static readonly TimeSpan MostKeptBack = TimeSpan.FromSeconds(3);

    /// <summary>With less time than this, nothing is begun.</summary>
    private static readonly TimeSpan Fewest = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Rewrites the rows of <paramref name="range"/> in several <paramref name="parts"/>, one after the other. Where they take
    /// longer, it stops shortly before the write deadline of <paramref name="term"/>, unfinished, and says which pages are left. A
    /// dry run writes nothing and needs no term. <paramref name="failed"/> receives the row failures, some hundreds at a time; the
    /// partition waits for it. After <paramref name="stopping"/> it ends with the present batch. Where a trigger was added to the
    /// table, or a column replaced, it ends unfinished, and the table must be checked again. Batches that were written stay written.
    /// Throws <see cref="ColumnsReplacedException"/> where the range has other columns, <see cref="OtherDatabaseException"/> where a
    /// connection leads to another database than the term's, and <see cref="NpgsqlException"/> where the database fails.
    /// </summary>
    public async Task<PartitionOutcome> RotateAsync(
        MappedTable target,
        PartitionRange range,
        WriteTerm term,
        int parts,
        Func<IReadOnlyList<RowFailure>, Task> failed,
        CancellationToken stopping
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(term);
        await using var reading = await databases.OpenReadingAsync(
            target.Entry.Database,
            CancellationToken.None
        );
        await using var writing = await databases.OpenWritingAsync(
            target.Entry.Database,
            CancellationToken.None
        );
        foreach (var connection in new[] { reading, writing })
            await term.Place.EnsureAsync(connection, target.Entry.Database, CancellationToken.None);
        term = term with { Version = settings.Target.Version };
        var clock = new WriteClock(writing, term);
        try
        {
            var left = settings.DryRun ? TimeSpan.Zero : await clock.BeginAsync();
            return await RotateAsync(
                target,
                range,
                term,
                parts,
                clock,
                left,
                reading,
                writing,
                failed,
                stopping
            );
        }
        finally
        {
            await clock.EndAsync();
        }
    }

    private async Task<PartitionOutcome> RotateAsync(
        MappedTable target,
        PartitionRange range,
        WriteTerm term,
        int parts,
        WriteClock clock,
        TimeSpan left,
        NpgsqlConnection reading,
        NpgsqlConnection writing,
        Func<IReadOnlyList<RowFailure>, Task> failed,
        CancellationToken stopping
    )
    {
        // Its clock starts here: what follows may wait for a locked table.
        var hold = new TermHold(writing, term, left);
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (!settings.DryRun && !StopsInTime(timed, left))
            return new PartitionOutcome(RowCounts.None) { Finished = false, OutOfTime = true };
        if (await TryCutAsync(reading, range, parts, timed.Token) is not { } cut)
            return new PartitionOutcome(RowCounts.None)
            {
                Finished = false,
                OutOfTime = !stopping.IsCancellationRequested,
            };
        if (batches?.First.Target != target)
            batches = (new RowBatch(target), new RowBatch(target)); // reused for all partitions of a table
        if (await PlannedLeaf.FindAsync(writing, target, range, CancellationToken.None) is not { } leaf)
            return new PartitionOutcome(RowCounts.None) { Finished = false };
        var run = new PartitionRun(
            batches.Value,
            leaf,
            rows,
            settings,
            writing,
            term,
            clock,
            hold,
            progress,
            failed
        );
        PartitionOutcome? done = null;
        try
        {
            foreach (var part in cut)
            {
                if (!await RotateAsync(run, reading, target, part, timed.Token))
                    break;
                done = run.Outcome with { Rest = Behind(part, range) };
            }
        }
        catch (TableChangedException)
        {
            return Left(await run.LeaveAsync());
        }
        catch (WriteTermEndedException)
        {
            return Left(await run.LeaveAsync()) with { OutOfTime = true };
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            if (await LiveLeaves.ExistsAsync(databases, range, CancellationToken.None))
                throw; // otherwise the leaf was dropped with its rows
        }

        var outcome = run.Outcome;
        return outcome.Finished
            ? outcome
            : Left(outcome) with
            {
                OutOfTime = timed.IsCancellationRequested && !stopping.IsCancellationRequested,
            };

        PartitionOutcome Left(PartitionOutcome all) =>
            done is { Rest: { } rest, Counts: { } ended }
                ? all with
                {
                    Counts = all.Counts with { Failed = ended.Failed, Contended = ended.Contended },
                    Rest = rest,
                }
                : all;
    }

    // Null where it was stopped while another session keeps the table locked.
    private static async Task<IReadOnlyList<PartitionRange>?> TryCutAsync(
        NpgsqlConnection reading,
        PartitionRange range,
        int parts,
        CancellationToken stopping
    )
    {
        try
        {
            return await PageParts.CutAsync(reading, range, parts, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private static PageRange? Behind(PartitionRange part, PartitionRange range) =>
        part.Pages is { } pages ? new PageRange(pages.To, range.Pages?.To ?? uint.MaxValue) : null;

    // False if it was stopped before the last row.
    private async Task<bool> RotateAsync(
        PartitionRun run,
        NpgsqlConnection reading,
        MappedTable target,
        PartitionRange part,
        CancellationToken stopping
    )
    {
        foreach (var tenant in RowQuery.Parts(target, part))
        {
            await using var query = RowQuery.Pending(reading, target, part, tenant, settings.Target.Version);
            Task<bool> RunAsync() => run.RotateAsync(query, tenant, stopping);
            var goesOn = settings.DryRun
                ? await new LockedTables(databases).OrExplainAsync([target.Entry], RunAsync, stopping)
                : await RunAsync();
            if (!goesOn)
                return false;
        }

        return true;
    }

    // From now on this process' monotonic clock tells. Where it stood still, the database refuses the next write.
    private static bool StopsInTime(CancellationTokenSource stop, TimeSpan left)
    {
        if (left < Fewest)
            return false;
        var keptBack = left * KeptBack;
        stop.CancelAfter(left - (keptBack < MostKeptBack ? keptBack : MostKeptBack));
        return true;
    }

    /// <summary>Frees the derived keys.</summary>
    public void Dispose() => reencryptor.Dispose();
}
