using Npgsql;
using RotationMesh.LocalOperations.Scanning;
using RotationMesh.Operations.Documents;
using RotationMesh.Postgres;
using RotationMesh.Tables.Statements;

namespace RotationMesh.LocalOperations.Examining;

/// <summary>Scans for the doctor: reports table by table what was looked at, and warns of what was found.</summary>
internal sealed class ScanExamination(MapScan scan, Findings findings)
{
    /// <summary>
    /// Scans a database and adds the findings. Returns the scan; null where the database could not be scanned.
    /// </summary>
    public async Task<ScanDocument?> ExamineAsync(string database, CancellationToken cancellationToken)
    {
        var subject = $"scan of {database}";
        try
        {
            var found = await scan.ScanAsync(database, cancellationToken);
            Tell(subject, found);
            return found;
        }
        catch (NpgsqlException fault)
        {
            findings.Add(Verdict.Bad, subject, $"it did not end: {DatabaseFaults.Describe(fault)}");
            return null;
        }
    }

    private void Tell(string subject, ScanDocument scanned)
    {
        foreach (var table in scanned.Tables)
            findings.Add(Verdict.Good, $"{subject}, {table.Table}", ScanWords.LookedAt(table));
        foreach (var table in scanned.Tables)
        foreach (var found in table.Found)
            findings.Add(
                Verdict.Warning,
                $"column {table.Table}.{found.Column}",
                $"{(found.Path is null ? "" : $"at path {found.Path}: ")}{ScanWords.What(table, found)}; the map does not name it (database {scanned.Database})",
                $"{DetachWords.First(table.FinalizeWith)}add it to the map, or it keeps its old key"
            );
        foreach (var places in scanned.NotLookedAt.GroupBy(left => (left.Reason, left.Cause)))
            findings.Add(
                Verdict.Warning,
                subject,
                $"not looked at, {places.Key.Reason}: {ScanWords.List([.. places.Select(ScanWords.Name)])}",
                Fix(scanned.Database, [.. places])
            );
        TellUntried(subject, scanned);
        if (scanned.Tables.All(table => table.Found.Count == 0 && table.Untried.Count == 0))
            findings.Add(
                Verdict.Good,
                subject,
                "among the rows that were looked at, no value that the map does not name looks like an envelope"
            );
    }

    private static string Fix(string database, IReadOnlyList<UnscannedDocument> places)
    {
        var remedy = UnreadWords.Remedy(places);
        return UnreadWords.HoldsNothing(places[0]) || places[0].MayPass
            ? remedy
            : $"{remedy}; 'keys retire' is refused over it, unless it is left out with {UnreadWords.Skip(database, places)} --reason TEXT";
    }

    private void TellUntried(string subject, ScanDocument scanned)
    {
        var causes =
            from table in scanned.Tables
            from untried in table.Untried
            group UntriedWords.Values(table, untried) by untried.Cause;
        foreach (var cause in causes)
            findings.Add(
                Verdict.Warning,
                subject,
                $"values that may be envelopes were not tried with every tenant, as {UntriedWords.Why(scanned, cause.Key)}: "
                    + ScanWords.List([.. cause]),
                UntriedWords.NamesTenant(cause.Key)
                    ? "'keys retire' searches for longer, and warns of them where that does not do"
                    : $"{UntriedWords.Name}; 'keys retire' searches for longer, and is refused where that does not do"
            );
    }
}
