using Npgsql;
using RotationMesh.Core.Envelopes;
using RotationMesh.Core.Keys;
using RotationMesh.Core.Map;
using RotationMesh.Engine.Scanning;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Postgres.Target;
using RotationMesh.Postgres.Target.Scanning;

namespace RotationMesh.Engine.Retiring;

/// <summary>
/// Looks for envelopes of a version where the map names none, before its key goes. What opens with that key is in the way;
/// what only looks like an envelope is told, unless the key that would tell is not in the ring, or not every tenant was tried.
/// </summary>
internal sealed class RetirementScan(RotationMap map, KeyRing ring, TargetDatabases databases, RingCheck held)
{
    /// <summary>What the retirement of a version meets outside the columns of the map.</summary>
    public async Task<RetirementLook> LookAsync(int version, CancellationToken cancellationToken)
    {
        using var formats = new EnvelopeFormats(map);
        var scan = new MapScan(map, ring, databases, formats, ScanDepth.Retirement);
        var look = new RetirementLook();
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
                var cause = fault.InnerException as NpgsqlException ?? fault;
                look.InTheWay.Add(
                    $"database {database.Name} could not be scanned: {DatabaseFaults.Describe(cause)}"
                );
            }
        }

        return look;
    }

    private void Judge(int version, ScanDocument scanned, RetirementLook look)
    {
        var lacking = held.Lacking(version);
        foreach (var table in scanned.Tables)
        foreach (var found in table.Found)
        {
            var told =
                $"{ScanWords.Place(table, found)} (database {scanned.Database}), which the map does not name: "
                + ScanWords.What(table, found);
            if (found.Opened.Any(opened => opened.Version == version))
                look.InTheWay.Add($"{told}; add it to the map and rotate, or delete what nobody needs");
            else if (
                lacking is not null
                && found.LookLikeEnvelopes > found.Opened.Sum(opened => opened.Values)
            )
                look.InTheWay.Add($"{told}; {lacking}, so nobody can tell: put it back and try again");
            else if (found.Untried > 0)
                look.InTheWay.Add(
                    $"{told}; nobody can tell whether version {version} opens them: give the table a column with the tenant, or delete what nobody needs"
                );
            else
                look.Warnings.Add(told);
        }

        // What nobody could ever read is the operator's to judge; what may pass is looked at when it has.
        foreach (var reason in scanned.NotLookedAt.GroupBy(left => (left.Reason, left.MayPass)))
            (reason.Key.MayPass ? look.InTheWay : look.Warnings).Add(
                $"not looked at in database {scanned.Database}, {reason.Key.Reason}: {ScanWords.List([.. reason.Select(ScanWords.Name)])}"
                    + (reason.Key.MayPass ? "; try again when that has passed" : "")
            );
        foreach (
            var table in scanned.Tables.Where(table =>
                !table.Whole || table.RowSecurity || table.RowsWithLargeValues > 0
            )
        )
            look.Warnings.Add(
                $"table {table.Table} (database {scanned.Database}): {ScanWords.LookedAt(table)}"
            );
    }
}
