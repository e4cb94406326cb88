using Npgsql;
using RotationMesh.Core;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Tables;
using RotationMesh.Tables.Scanning;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Looks for envelopes of a version where the map names none, before its key is retired. A value that opens with that
/// key prevents the retirement, and so does whatever may hide one: a possible envelope that was not tried with every key and
/// tenant; a place that was not looked at; a table for which the time was too short, that has values too large to be read, or
/// of which row-level security may hide rows; a transaction that was open before. A value that only looks like an envelope is
/// a warning, and so is one of which the tenant that its row names was tried, and only others were not.
/// </summary>
internal sealed class RetirementScan(
    RotationMap map,
    KeyRing ring,
    ApplicationDatabases databases,
    RingCheck held,
    ScanDepth depth
)
{
    /// <summary>
    /// Scans every database of the map, but for the declared columns and the places that are <paramref name="leftOut"/>. Throws
    /// <see cref="UsageException"/> where such a place does not exist, and is not <paramref name="known"/> to be a table.
    /// </summary>
    public async Task<RetirementLook> LookAsync(
        int version,
        IReadOnlyList<string> leftOut,
        IReadOnlyList<string> known,
        CancellationToken cancellationToken
    )
    {
        using var formats = new EnvelopeFormats(map);
        var sought = new SoughtVersion(version, held.Lacking(version) is null);
        var skipped = new SkippedLocations(leftOut);
        var scan = new MapScan(map, ring, databases, formats, depth, sought, skipped);
        var look = new RetirementLook();
        List<string> names = [.. map.Databases.Select(database => database.Name)];
        // Nobody is waited for a second time, after the scan. What begins after the census reads the map's tables as the census counted
        // them, and what it copies from elsewhere stands there for the scan as well. Unseen is only what is moved while the
        // scan runs, out of a table that is yet to be read into one that has been: docs/security.md says so.
        foreach (var name in names)
        {
            try
            {
                var scanned = await scan.ScanAsync(name, cancellationToken);
                look.Scans.Add(scanned);
                Judge(version, scanned, look);
            }
            catch (NpgsqlException fault)
            {
                look.InTheWay.Add(NotScanned(name, fault));
            }
        }

        if (look.Scans.Count == names.Count)
            RetirementOrders.EnsureMet(skipped.Unmet.Except(known));
        return look;
    }

    /// <summary>Says that a database did not answer, or refused to be scanned.</summary>
    public static string NotScanned(string database, NpgsqlException fault) =>
        $"database {database} could not be scanned: {DatabaseFaults.Describe(fault.InnerException as NpgsqlException ?? fault)}";

    private void Judge(int version, ScanDocument scanned, RetirementLook look)
    {
        foreach (var table in scanned.Tables)
        foreach (var found in table.Found)
        {
            var told =
                $"{ScanWords.Place(table, found)} (database {scanned.Database}), which the map does not name: "
                + ScanWords.What(table, found);
            if (found.Opened.Any(opened => opened.Version == version))
                look.InTheWay.Add(
                    $"{told}; {DetachWords.First(table.FinalizeWith)}add it to the map and rotate, or delete what nobody needs"
                );
            else
                look.Warnings.Add(told);
        }

        look.InTheWay.AddRange(Untried(version, scanned));
        look.Warnings.AddRange(Doubts(version, scanned));
        foreach (var places in scanned.NotLookedAt.GroupBy(left => (left.Reason, left.Cause)))
            JudgeUnread(scanned.Database, places.Key.Reason, [.. places], look);
        foreach (var table in scanned.Tables)
        {
            var told = $"table {table.Table} (database {scanned.Database}): {ScanWords.LookedAt(table)}";
            if (table.IsUnfinished)
                look.InTheWay.Add(
                    $"{told}. Nobody knows what the others hold: try again when the server is less busy, or leave the table out with "
                        + $"{UntriedWords.Skip(scanned.Database, table.Table, null)} --reason TEXT"
                );
            else if (table.RowSecurity || table.RowsWithLargeValues > 0)
                look.InTheWay.Add(
                    $"{told}. Nobody knows what the others hold: {Remedy(table)}, or leave the table out with "
                        + $"{UntriedWords.Skip(scanned.Database, table.Table, null)} --reason TEXT"
                );
            else if (!table.Whole)
                look.Warnings.Add(told);
        }
    }

    private static void JudgeUnread(
        string database,
        string reason,
        IReadOnlyList<UnscannedDocument> places,
        RetirementLook look
    )
    {
        var told =
            $"{Reasons.NotLookedAt} {database}, {reason}: {ScanWords.List([.. places.Select(ScanWords.Name)])}";
        if (UnreadWords.HoldsNothing(places[0]))
            look.Warnings.Add(told);
        else if (places[0].MayPass)
            look.InTheWay.Add(
                $"{told}; {UnreadWords.Remedy(places)}; where it does not pass, and nothing there needs the key, leave it out with "
                    + $"{UnreadWords.Skip(database, places)} --reason TEXT"
            );
        else
            look.InTheWay.Add(
                $"{told}. Nobody knows what is there: {UnreadWords.Remedy(places)}; where it holds nothing that needs the key, leave it "
                    + $"out with {UnreadWords.Skip(database, places)} --reason TEXT"
            );
    }

    private static string Remedy(ScannedTable table) =>
        table.RowSecurity ? "use a role that sees every row (BYPASSRLS)" : "delete what nobody needs";

    private IEnumerable<string> Untried(int version, ScanDocument scanned)
    {
        var untried = scanned
            .Tables.SelectMany(table => table.Untried, (table, values) => (table, values))
            .Where(place => !UntriedWords.NamesTenant(place.values.Cause))
            .ToList();
        var keyless = untried.Where(place => UntriedWords.LacksKey(place.values)).ToList();
        if (keyless.Count > 0)
            yield return $"values that may be envelopes, which the map does not name (database {scanned.Database}): "
                + $"{ScanWords.List([.. keyless.Select(place => UntriedWords.Values(place.table, place.values))])}; "
                + $"{held.Lacking(version)}, so nobody can tell: put it back and try again, or leave the scan out with --skip-scan --reason TEXT";
        foreach (var (table, values) in untried.Except(keyless))
            yield return $"{UntriedWords.Values(table, values)} (database {scanned.Database}), which the map does not name, may be "
                + $"envelopes of version {version}: {UntriedWords.Why(scanned, values.Cause)}. {Sentence(UntriedWords.Name)}, delete what nobody needs, or leave the "
                + $"column out with {UntriedWords.Skip(scanned.Database, table.Table, values.Column)} --reason TEXT";
    }

    private static IEnumerable<string> Doubts(int version, ScanDocument scanned) =>
        from table in scanned.Tables
        from values in table.Untried
        where UntriedWords.NamesTenant(values.Cause)
        select $"{UntriedWords.Values(table, values)} (database {scanned.Database}), which the map does not name, may be envelopes of "
            + $"version {version} and of another tenant: {UntriedWords.Why(scanned, values.Cause)}";

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
