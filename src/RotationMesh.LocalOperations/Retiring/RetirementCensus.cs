using RotationMesh.Core.Map;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Durability;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Statements;
using RotationMesh.Tables.Writers;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Counts rows to prove that no row needs a key. It also finds what spoils that proof: transactions that may still
/// bring rows, a standby, row-level security that hides rows.
/// </summary>
internal sealed class RetirementCensus(ApplicationDatabases databases, SchemaCheck schema)
{
    /// <summary>Longest wait for open transactions before a retirement: a batch of an application ends within it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for open transactions where keys are only listed: an operator waits for the list.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    /// <summary>Most tries to find a moment without writers where keys are only listed.</summary>
    private const int GlanceTries = 3;

    private readonly TableCensus census = new(databases);
    private readonly List<string> inTheWay = [];
    private readonly List<LeftOutRows> leftOut = [];

    /// <summary>
    /// Rows of tables that inherit from tables of the map, and that the map leaves out: they need their keys as well.
    /// </summary>
    public IReadOnlyList<LeftOutRows> LeftOut => leftOut;

    /// <summary>
    /// What prevents the retirement of every version, whatever rows it has; empty where the count is a proof.
    /// </summary>
    public IReadOnlyList<string> InTheWay => inTheWay;

    /// <summary>
    /// Counts every table, each as it was at a moment without open writers. What a <paramref name="lasting"/> count
    /// saw is on disk when it returns. Throws where a table or database can't be counted.
    /// </summary>
    public async Task<IReadOnlyList<RowsByVersion>> CountAsync(
        IEnumerable<TableEntry> entries,
        bool lasting,
        CancellationToken cancellationToken
    )
    {
        inTheWay.Clear();
        var targets = (await schema.CheckAsync(entries, forWriting: false, cancellationToken)).OrThrow();
        leftOut.Clear();
        var counted = new List<RowsByVersion>();
        foreach (var database in targets.GroupBy(target => target.Entry.Database))
            counted.AddRange(await CountAsync([.. database], lasting, cancellationToken));
        return counted;
    }

    private async Task<IReadOnlyList<RowsByVersion>> CountAsync(
        IReadOnlyList<MappedTable> targets,
        bool lasting,
        CancellationToken cancellationToken
    )
    {
        var database = targets[0].Entry.Database;
        foreach (var hidden in targets.Where(target => target.ByTenant))
        {
            inTheWay.Add(
                $"table {hidden.Entry.Shown}: row-level security hides rows from this role, and a count of what it sees proves "
                    + "nothing: use a role with BYPASSRLS, or the table's owner"
            );
            inTheWay.AddRange(
                hidden.Shape.Hiding.Select(doubt => $"table {hidden.Entry.Shown}: {doubt.Problem}")
            );
        }

        if (await new StandbyLook(databases).FindAsync([database], cancellationToken) is [var standby])
        {
            inTheWay.Add($"{standby}: the primary may have other rows, so ask the primary");
            return await census.CountAsync(targets, null, cancellationToken);
        }

        await CountLeftOutAsync(targets, cancellationToken);
        var writers = new EarlierWriters(databases, targets);
        var ended = await writers.HaveEndedAsync(lasting ? Timeout : Glance, cancellationToken);
        await using var durable = lasting
            ? await DurabilityWitness.OpenAsync(databases, database, cancellationToken)
            : null;
        if (!ended)
            inTheWay.Add(
                $"database {database}: transactions that were open before the count may still bring rows: {writers}"
            );
        var counted = ended
            ? await CountQuietAsync(targets, lasting ? QuietCount.Tries : GlanceTries, cancellationToken)
            : await census.CountAsync(targets, null, cancellationToken);
        // Counted before and after, as rows may move between these tables and their parents. The wait for writers
        // above covered both.
        await CountLeftOutAsync(targets, cancellationToken);
        if (durable is not null)
            await FlushAsync(durable, cancellationToken);
        return counted;
    }

    private async Task CountLeftOutAsync(
        IReadOnlyList<MappedTable> targets,
        CancellationToken cancellationToken
    )
    {
        foreach (var target in targets)
        foreach (var rows in await Tables.Schema.LeftOut.CountAsync(databases, target, cancellationToken))
            if (!leftOut.Contains(rows))
                leftOut.Add(rows);
    }

    private async Task<IReadOnlyList<RowsByVersion>> CountQuietAsync(
        IReadOnlyList<MappedTable> targets,
        int tries,
        CancellationToken cancellationToken
    )
    {
        var counted = new List<RowsByVersion>();
        foreach (var target in targets)
        {
            if (!target.ByTenant)
            {
                var quiet = await new QuietCount(databases).CountAsync(target, cancellationToken, tries);
                if (quiet.Counts is { } counts)
                {
                    counted.Add(new RowsByVersion(target, counts));
                    continue;
                }

                inTheWay.Add(await ExplainAsync(target, quiet.Refusal, cancellationToken));
            }

            counted.AddRange(await census.CountAsync([target], null, cancellationToken));
        }

        return counted;
    }

    private async Task<string> ExplainAsync(
        MappedTable target,
        QuietRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        var table = $"table {target.Entry.Shown}";
        switch (refusal)
        {
            case QuietRefusal.MayNotLock:
                return $"{table}: {TableLock.Missing}, so there is no moment at which it can be counted without writers: "
                    + TableLock.Fix(target);
            case QuietRefusal.ReadOnly:
                return $"{table}: the server lets nobody lock it, as a standby does: ask the primary";
            default:
                var writers = new EarlierWriters(databases, [target]);
                await writers.HaveEndedAsync(TimeSpan.Zero, cancellationToken);
                var who = writers.Open.Count == 0 ? "" : $": {writers}";
                return $"{table}: it was being written at every moment at which it was to be counted; try again{who}";
        }
    }

    private async Task FlushAsync(DurabilityWitness durable, CancellationToken cancellationToken)
    {
        try
        {
            await durable.FlushAsync(cancellationToken);
        }
        catch (DurabilityException fault)
        {
            inTheWay.Add(fault.Message);
        }
    }
}
