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

namespace RotationMesh.LocalOperations.Retiring;

/// <summary>
/// Looks for envelopes of a version where the map names none, before its key is retired. A value that opens with that
/// key prevents the retirement, and so do a possible envelope that was not tried with every key and tenant, and a table for
/// which the time was too short, that has values too large to be read, or of which row-level security may hide rows. A value
/// that only looks like an envelope is a warning.
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
    /// Scans every database of the map, but for the declared columns and the places that are
    /// <paramref name="leftOut"/>. Throws <see cref="UsageException"/> where such a place does not exist, and is not
    /// <paramref name="known"/> to be a table.
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
        var isWhole = true;
        foreach (var database in map.Databases)
        {
            try
            {
                var scanned = await scan.ScanAsync(database.Name, cancellationToken);
                look.Scans.Add(scanned);
                Judge(version, scanned, look);
            }
            catch (NpgsqlException fault)
            {
                isWhole = false;
                var cause = fault.InnerException as NpgsqlException ?? fault;
                look.InTheWay.Add(
                    $"database {database.Name} could not be scanned: {DatabaseFaults.Describe(cause)}"
                );
            }
        }

        if (isWhole)
            RetirementOrders.EnsureMet(skipped.Unmet.Except(known));
        return look;
    }

    private void Judge(int version, ScanDocument scanned, RetirementLook look)
    {
        foreach (var table in scanned.Tables)
        foreach (var found in table.Found)
        {
            var told =
                $"{ScanWords.Place(table, found)} (database {scanned.Database}), which the map does not name: "
                + ScanWords.What(table, found);
            if (found.Opened.Any(opened => opened.Version == version))
                look.InTheWay.Add($"{told}; add it to the map and rotate, or delete what nobody needs");
            else
                look.Warnings.Add(told);
        }

        look.InTheWay.AddRange(Untried(version, scanned));
        // What nobody can ever read is a warning for the operator to judge. What is unreadable for a while prevents
        // the retirement until then.
        foreach (var reason in scanned.NotLookedAt.GroupBy(left => (left.Reason, left.MayPass)))
            (reason.Key.MayPass ? look.InTheWay : look.Warnings).Add(
                $"not looked at in database {scanned.Database}, {reason.Key.Reason}: {ScanWords.List([.. reason.Select(ScanWords.Name)])}"
                    + (reason.Key.MayPass ? "; try again when that has passed" : "")
            );
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

    private static string Remedy(ScannedTable table) =>
        table.RowSecurity ? "use a role that sees every row (BYPASSRLS)" : "delete what nobody needs";

    private IEnumerable<string> Untried(int version, ScanDocument scanned)
    {
        var untried = scanned
            .Tables.SelectMany(table => table.Untried, (table, values) => (table, values))
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

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
