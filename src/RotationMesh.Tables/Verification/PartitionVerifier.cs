using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Tables.Ranges;
using RotationMesh.Tables.Rows;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Waits;

namespace RotationMesh.Tables.Verification;

/// <summary>Decrypts the rows of one partition after another, read-only. Not safe for concurrent callers.</summary>
public sealed class PartitionVerifier : IDisposable
{
    private readonly ApplicationDatabases databases;
    private readonly Reencryptor reencryptor;
    private readonly StoredValueCheck check;

    /// <summary>Works with the keys of <paramref name="ring"/>.</summary>
    public PartitionVerifier(ApplicationDatabases databases, KeyRing ring)
    {
        this.databases = databases;
        reencryptor = new Reencryptor(ring);
        check = new StoredValueCheck(ring, reencryptor);
    }

    /// <summary>
    /// Decrypts the rows of the range: only those of <paramref name="version"/> where it is given, and only about
    /// <paramref name="share"/> of them (0 to 1) where it is given. <paramref name="progress"/> gets what was read since its
    /// last call: how many rows, how many of them don't decrypt, and how many hold no value. <paramref name="failed"/> gets the
    /// rows that do not decrypt, some hundreds at a time. Throws <see cref="OtherDatabaseException"/> where the database is not
    /// that of <paramref name="place"/>, and <see cref="OperationCanceledException"/> where it is stopped. Where
    /// <paramref name="start"/> is given, rows that may be newer, and those that change while they are read, are left to
    /// <see cref="NewerRows"/>.
    /// </summary>
    public async Task<VerificationOutcome> VerifyAsync(
        MappedTable target,
        PartitionRange range,
        int? version,
        double? share,
        Action<RowCounts> progress,
        Func<IReadOnlyList<RowFailure>, Task> failed,
        CancellationToken stopping,
        ExpectedDatabase? place = null,
        ReadingStart? start = null
    )
    {
        try
        {
            var outcome = await VerifyPartsAsync(
                target,
                range,
                version,
                share,
                progress,
                failed,
                place,
                parts: 1,
                stopping,
                start
            );
            return outcome.IsStopped ? throw new OperationCanceledException(stopping) : outcome;
        }
        catch (TableChangedException)
        {
            return new VerificationOutcome(RowCounts.None) { IsMissing = true };
        }
    }

    /// <summary>
    /// Verifies the range in several parts, one after the other. Where it is stopped, it returns the outcome of the parts that
    /// it read to the end, with <see cref="VerificationOutcome.IsStopped"/>. Throws <see cref="TableChangedException"/> where the table
    /// must be checked again. Before it has read anything, it may throw
    /// <see cref="OperationCanceledException"/> instead.
    /// </summary>
    public async Task<VerificationOutcome> VerifyPartsAsync(
        MappedTable target,
        PartitionRange range,
        int? version,
        double? share,
        Action<RowCounts> progress,
        Func<IReadOnlyList<RowFailure>, Task> failed,
        ExpectedDatabase? place,
        int parts,
        CancellationToken stopping,
        ReadingStart? start = null
    )
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(failed);
        await using var connection = await databases.OpenReadingAsync(target.Entry.Database, stopping);
        await (place ?? ExpectedDatabase.Any).EnsureAsync(connection, target.Entry.Database, stopping);
        if (
            await PlannedLeaf.FindAsync(connection, target, range with { Columns = null }, stopping)
            is not { } leaf
        )
            throw new TableChangedException();
        var tally = new VerificationTally(progress, new FailureTally(failed));
        var reading = new StoredRowReading(databases, target, leaf, reencryptor, check, tally);
        var done = new VerificationOutcome(RowCounts.None);
        var sampled = parts > 1 && SampledPages.AreOf(range, share);
        var size = sampled ? await PageParts.CountAsync(connection, range.Leaf.Quoted, stopping) : 0;
        foreach (var part in await PageParts.CutAsync(connection, range, parts, stopping))
        {
            try
            {
                stopping.ThrowIfCancellationRequested();
                var read = sampled ? SampledPages.Choose(part, share!.Value, size) : part;
                foreach (var tenant in RowQuery.Parts(target, part))
                {
                    await using var query = RowQuery.Stored(
                        connection,
                        target,
                        read,
                        tenant,
                        version,
                        sampled ? null : share,
                        before: start
                    );
                    if (start is null)
                        await reading.ReadAsync(connection, query, tenant, version, stopping);
                    else
                        await reading.ReadOnceAsync(query, tenant, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                var from = part.Pages?.From ?? 0;
                return done with
                {
                    IsStopped = true,
                    WasReading =
                        tally.Rows > done.Counts.Verified
                        || !await new LockedTables(databases).MayBeLockedAsync(target.Entry),
                    Rest =
                        from > (range.Pages?.From ?? 0)
                            ? new PageRange(from, range.Pages?.To ?? uint.MaxValue)
                            : null,
                };
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                if (await LiveLeaves.ExistsAsync(databases, range, CancellationToken.None))
                    throw;
                // The leaf was dropped with its rows, or is missing for a moment, or has another name.
                return await tally.EndAsync() with
                {
                    IsMissing = true,
                    IsAway = await LiveLeaves.IsAwayAsync(databases, target, range, CancellationToken.None),
                };
            }

            done = await tally.EndAsync();
        }

        return await tally.EndAsync();
    }

    /// <summary>Frees the derived keys.</summary>
    public void Dispose() => reencryptor.Dispose();
}
