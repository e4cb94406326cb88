using Npgsql;
using RotationMesh.Control.Ledger;
using RotationMesh.Core;

namespace RotationMesh.Control.Settling;

/// <summary>Writes the workers' results into the ledger, many at a time.</summary>
public sealed class PartitionSettlement(ControlDatabase control, LedgerRules rules)
{
    /// <summary>Cause of failure where not even a few pages of a partition were read in the time of an attempt.</summary>
    public const string TooSlow = "not even a few pages of it could be read in the time of an attempt";

    /// <summary>
    /// Settles results, all or none of them. A result counts only for the current attempt of a partition that is with a worker:
    /// one that arrives twice, late, or after another worker got the partition changes nothing. Deliver the batch again if
    /// this throws.
    /// </summary>
    public async Task SettleAsync(IReadOnlyList<PartitionResult> results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0)
            return;
        await using var connection = await control.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var sorted = Sort(await HeldPartitions.LockAsync(connection, results, cancellationToken));
        await WriteAsync(connection, sorted, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // Rewritten rows stay so, however often the time is over. A partition to verify of which no attempt reads a part never gets
    // on, so from a number of attempts on each counts as a failure.
    private PartitionResult Judge(HeldPartition held, PartitionResult said)
    {
        var result = OfOwnPages(held, Deserved(held, said));
        return held.IsRead && result is { IsCutShort: true, Rest: null } && held.CutShort >= rules.MaxCutShort
            ? PartitionResult.Stumbled(result.Key, result.Worker, TooSlow)
            : result;
    }

    // A worker that dies takes with it the partitions that it had prefetched: one that no worker had begun is not to blame.
    private static PartitionResult Deserved(HeldPartition held, PartitionResult said) =>
        said is { Kind: PartitionResultKind.Stumbled, Reason: WorkerLoss.NeverAnswered } && !held.IsBegun
            ? PartitionResult.Returned(said.Key, said.Worker, RowCounts.None) with
            {
                IsOver = said.IsOver,
            }
            : said;

    // The rest reaches to the end of the partition's own pages, whatever end the worker names. Where it does not begin within
    // these pages, nothing of the attempt counts.
    private static PartitionResult OfOwnPages(HeldPartition held, PartitionResult said)
    {
        if (said.Rest is not { } rest)
            return said;
        var end = (uint)(held.EndPage ?? uint.MaxValue);
        return rest.From > (held.FirstPage ?? 0) && rest.From < end
            ? said with
            {
                Rest = rest with { To = end },
            }
            : PartitionResult.Returned(said.Key, said.Worker, RowCounts.None) with
            {
                IsCutShort = said.IsCutShort,
            };
    }

    private Sorted Sort(IReadOnlyList<(HeldPartition Held, PartitionResult Result)> pairs)
    {
        var sorted = new Sorted();
        foreach (var (held, said) in pairs)
        {
            var result = Judge(held, said);
            var failure = held.Failures + 1;
            switch (result.Kind)
            {
                case PartitionResultKind.Done:
                    sorted.Done.Add(result);
                    sorted.Totals.AddDone(held.SweepTableId, result.Counts);
                    break;
                case PartitionResultKind.Stumbled when failure < rules.MaxFailures:
                    sorted.Delayed.Add(result);
                    sorted.Delays.Add(rules.DelayAfter(failure, Random.Shared.NextDouble()));
                    break;
                case PartitionResultKind.Stumbled or PartitionResultKind.Failed:
                    sorted.Failed.Add(result);
                    sorted.Totals.AddFailed(held.SweepTableId);
                    break;
                case PartitionResultKind.Refused:
                    sorted.Requeued.Add(result);
                    sorted.Refused.Add((held.RotationId, result));
                    break;
                case PartitionResultKind.Returned:
                    sorted.Requeued.Add(result);
                    sorted.Totals.AddCounts(held.SweepTableId, result.Counts);
                    break;
                case PartitionResultKind.Alive:
                    sorted.Extended.Add(result);
                    break;
                default:
                    throw new InvalidOperationException($"no settlement for {result.Kind}");
            }
        }

        return sorted;
    }

    private async Task WriteAsync(
        NpgsqlConnection connection,
        Sorted sorted,
        CancellationToken cancellationToken
    )
    {
        var outcomes = new PartitionOutcomes(connection, cancellationToken);
        await outcomes.DoneAsync(sorted.Done);
        await outcomes.FailedAsync(sorted.Failed);
        await outcomes.DelayedAsync(sorted.Delayed, sorted.Delays);
        await outcomes.RequeuedAsync(sorted.Requeued, rules.FirstDelay);
        await outcomes.ExtendedAsync(sorted.Extended, rules.Lease);
        await outcomes.RefusedAsync(sorted.Refused);
        await sorted.Totals.WriteAsync(connection, cancellationToken);
    }

    /// <summary>The results that count, sorted by what is written for them.</summary>
    private sealed class Sorted
    {
        public List<PartitionResult> Done { get; } = [];
        public List<PartitionResult> Failed { get; } = [];
        public List<PartitionResult> Delayed { get; } = [];
        public List<TimeSpan> Delays { get; } = [];
        public List<PartitionResult> Requeued { get; } = [];
        public List<(Guid RotationId, PartitionResult Result)> Refused { get; } = [];
        public List<PartitionResult> Extended { get; } = [];
        public SweepTotals Totals { get; } = new();
    }
}
