using RotationMesh.Control;
using RotationMesh.Control.Retirement;
using RotationMesh.Control.Rotations;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Retiring.Reach;
using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations.Documents;
using RotationMesh.Tables;
using RotationMesh.Tables.Census;
using RotationMesh.Tables.Probing;
using RotationMesh.Tables.Schema;
using RotationMesh.Tables.Versions;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Finds what prevents the retirement of key versions: rows that claim them, external values, recorded failures, rotations
/// to them, rows that nobody counts, other versions with the same key, and rows that do not decrypt without them or keep changing.
/// </summary>
internal sealed class RetirementCheck(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    SchemaCheck schema,
    ControlDatabase control
)
{
    private readonly RetiredKeyStore store = new(control);
    private readonly RetirementCensus census = new(databases, schema);
    private readonly InlineRetirement inline = new(databases, ring);
    private readonly KeylessVerification keyless = new(map, ring, databases, schema);
    private IReadOnlyList<string> beside = [];
    private UnreachedTables unreached = new(map, databases, control, []);

    private const string Unvouched =
        "the control schema calls it retired, but no event of the audit log says so that is sealed with a key of this ring: "
        + "an earlier release retired it, or somebody wrote that there. It counts as not retired; see audit verify";

    /// <summary>Rows that the last verification read and of which nothing failed.</summary>
    public long Verified => keyless.Verified;

    /// <summary>Rows that the last verification read and that hold no value.</summary>
    public long Empty => keyless.Empty;

    /// <summary>Warnings of values at external rows that may be envelopes and that no key opens, and of objects beside a value.</summary>
    public IReadOnlyList<string> Warnings => [.. inline.Closed, .. beside];

    /// <summary>External values that nobody can decrypt.</summary>
    public UnreadExternals Externals { get; private set; } = new();

    /// <summary>What the last look says of no version in particular.</summary>
    public IReadOnlyList<string> Notes => [.. Externals.Notes, .. beside];

    /// <summary>Rows that the last census counted; null where there was none.</summary>
    public long? Counted { get; private set; }

    /// <summary>The ring's keys, compared with those that were on record at the last look.</summary>
    public RingCheck Held { get; private set; } = new(ring, [], []);

    /// <summary>Databases that rotations were made for, and that the map does not lead to.</summary>
    public UnreachedDatabases Places { get; private set; } = new(map, databases, control);

    /// <summary>Failures that rotations left behind, by their tables.</summary>
    public FailedTables Failed { get; private set; } = new(map, databases, control);

    /// <summary>Places that an operator leaves out of the scan.</summary>
    public IReadOnlyList<string> SkippedPlaces { get; init; } = [];

    /// <summary>Those of them that are uncounted tables, or stand for external values.</summary>
    public IReadOnlyList<string> MetPlaces => [.. unreached.Met, .. Externals.Met];

    /// <summary>Leaves that were detached, and that nobody counts.</summary>
    public IReadOnlyList<DetachedLeaf> DetachedLeaves => unreached.DetachedLeaves;

    /// <summary>Databases and tables that an operator declared gone.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];

    /// <summary>
    /// Returns what needs each version of the key ring and of the rows, and <paramref name="asked"/>. Where nothing seems to need
    /// a version, a key ring without it decrypts the <paramref name="share"/> of the rows, <paramref name="awaiting"/> before that
    /// the end of open transactions. Only after a <paramref name="lasting"/> look may a key be retired.
    /// </summary>
    public async Task<IReadOnlyList<KeyDocument>> ExamineAsync(
        int? asked,
        bool lasting,
        bool awaiting,
        Func<long, double?> share,
        RotationProgress progress,
        CancellationToken cancellationToken
    )
    {
        await control.HasCurrentRecordsAsync(cancellationToken); // reports a dropped table before anything else
        // Asked before and after the count: the count may miss the last rows of a rotation that ends meanwhile.
        var before = new Dictionary<int, IReadOnlyList<string>>();
        foreach (var version in asked is { } one ? ring.Versions.Append(one).Distinct() : ring.Versions)
            before[version] = await UnderWayAsync(version, cancellationToken);
        await LookForUncountedAsync(cancellationToken);
        var tables = await census.CountAsync(map.Tables, lasting, cancellationToken);
        await unreached.LookAsync(cancellationToken); // again: nobody counted what was detached meanwhile
        Places.Rows = Counted = tables.Sum(table => table.Rows);
        Externals = new UnreadExternals { Skipped = SkippedPlaces };
        Externals.Look(tables);
        beside = [.. ObjectsBeside.Describe(tables)];
        await inline.LookAsync(tables.Select(table => table.Target), cancellationToken);
        var columns = await ColumnFaults.FindAsync(
            new ColumnLook(databases),
            tables,
            ofAllTenants: true,
            cancellationToken
        );
        var retired = await store.ListAsync(ring, cancellationToken);
        var met = await new MetKeyStore(control).ListAsync(cancellationToken);
        Held = new RingCheck(ring, RetiredTarget.WithMet(retired, met), met);
        var versions = ring
            .Versions.Select(version => (long?)version)
            .Union(tables.SelectMany(table => table.Counts.Select(count => count.Version)));
        if (asked is not null)
            versions = versions.Union([asked]);
        var open = await new OpenVersions(map, databases).ListAsync(cancellationToken);
        var keys = new List<KeyDocument>();
        foreach (var version in versions.OrderBy(version => version))
            keys.Add(
                await UsageAsync(
                    version,
                    tables,
                    [.. columns, .. ColumnFaults.Strays(tables)],
                    retired,
                    before,
                    open,
                    cancellationToken
                )
            );
        // A retired version that is asked for again is examined as if it were not retired.
        var candidates = keys.Where(key =>
                asked is null ? key.SafeToRetire : key.Version == asked && key.InTheWay.Count == 0
            )
            .ToList();
        if (candidates.Count == 0)
            return keys;
        var found = awaiting
            ? await new EarlierTransactions(databases).WaitAsync(
                [.. map.Databases.Select(database => database.Name)],
                cancellationToken
            )
            : [];
        if (found.Count == 0)
            found = await keyless.FindAsync(candidates, share, progress, cancellationToken);
        return found.Count == 0
            ? keys
            :
            [
                .. keys.Select(key =>
                    candidates.Contains(key) ? key with { SafeToRetire = false, InTheWay = found } : key
                ),
            ];
    }

    // A name that fits a table with failures means that table; a database of that name is given with its identity.
    private async Task LookForUncountedAsync(CancellationToken cancellationToken)
    {
        Failed = new FailedTables(map, databases, control) { Gone = Gone };
        await Failed.LookAsync([], cancellationToken);
        Places = new UnreachedDatabases(map, databases, control)
        {
            Gone = [.. Gone.Where(one => !Failed.IsMeant(one))],
        };
        await Places.LookAsync(cancellationToken);
        var moved = Places.Forgotten;
        if (moved.Count > 0)
            await Failed.LookAsync(moved, cancellationToken);
        unreached = new UnreachedTables(map, databases, control, moved) { Skipped = SkippedPlaces };
        await unreached.LookAsync(cancellationToken);
    }

    private async Task<KeyDocument> UsageAsync(
        long? version,
        IReadOnlyList<RowsByVersion> tables,
        IReadOnlyList<ColumnFault> columns,
        IReadOnlyList<RetiredKey> retired,
        IReadOnlyDictionary<int, IReadOnlyList<string>> before,
        IReadOnlyList<(string Database, VersionHolder Holder)> open,
        CancellationToken cancellationToken
    )
    {
        var known = version is >= 1 and <= int.MaxValue ? (int)version : (int?)null;
        var key = known is { } number ? Held.Find(number) : null;
        var standing = Failed
            .Standing.Where(failure => failure.AnyKey || failure.Version == version)
            .ToList();
        // Values that the map does not lead to may need any key, whatever version their rows claim.
        var inTheWay = RetirementObstacles
            .Rows(version, tables)
            .Concat(inline.InTheWay(version, Held.Lacking(version)))
            .Concat(columns.Select(fault => fault.Explain()))
            .Concat(standing.Select(Failed.Explain))
            .Concat(census.InTheWay)
            .Concat(Places.InTheWay)
            .Concat(unreached.InTheWay)
            .Concat(RetirementObstacles.LeftOut(version, census.LeftOut))
            .ToList();
        if (known is { } held && Held.InUse(held) is { } inUse)
            inTheWay.Insert(0, inUse);
        if (version == ring.CurrentVersion)
            inTheWay.Insert(0, $"version {version} is the current one");
        if (known is { } to)
        {
            var here = before
                .GetValueOrDefault(to, [])
                .Union(await UnderWayAsync(to, cancellationToken))
                .ToList();
            inTheWay.AddRange(here.Count > 0 ? here : RetirementObstacles.Elsewhere(to, open));
        }

        var claimed = retired.FirstOrDefault(entry => entry.Version == version);
        var earlier = claimed is { IsVouched: true } ? claimed : null;
        // Of a version that is retired already, somebody has answered for these values.
        if (known is { } one && one != ring.CurrentVersion && earlier is null)
            inTheWay.AddRange(Externals.InTheWay(one));
        return new KeyDocument(
            version,
            key?.Fingerprint ?? claimed?.Fingerprint,
            version == ring.CurrentVersion,
            tables.Sum(table => table.Claiming(version, external: false)),
            tables.Sum(table => table.Claiming(version, external: true)),
            known is not null && earlier is null && inTheWay.Count == 0
        )
        {
            Failures = standing.Sum(failure => failure.Rows),
            InTheWay = inTheWay,
            RetiredAt = earlier?.RetiredAt,
            Doubt = claimed is { IsVouched: false } ? Unvouched : null,
            RingDoubts = known is { } numbered ? Held.Doubts(numbered) : [],
        };
    }

    // Describes rotations to the version that are not over, and write deadlines that have not passed.
    private async Task<IReadOnlyList<string>> UnderWayAsync(int version, CancellationToken cancellationToken)
    {
        ring.TryGet(version, out var key);
        var running = await store.ListRotationsToAsync(version, key?.Fingerprint, cancellationToken);
        var writes = await new OpenWrites(databases, control).FindAsync(
            version,
            key?.Fingerprint,
            cancellationToken
        );
        return [.. running.Select(id => RetirementBarrier.Running(id, version)), .. writes];
    }
}
