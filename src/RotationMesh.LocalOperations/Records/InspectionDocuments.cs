using RotationMesh.LocalOperations.Verifying;
using RotationMesh.Operations.Documents;

namespace RotationMesh.LocalOperations.Records;

/// <summary>Turns the results of inspections into documents for operators.</summary>
internal static class InspectionDocuments
{
    public static VerificationDocument Of(VerificationReport report) =>
        new()
        {
            Ok = report.Strays.Count == 0 && report.Tables.All(table => table.Failed == 0),
            Totals = new VerificationTotals(
                report.Tables.Sum(table => table.Rows),
                report.Tables.Sum(table => table.Verified),
                report.Tables.Sum(table => table.External),
                report.Tables.Sum(table => table.Failed)
            )
            {
                Empty = report.Tables.Sum(table => table.Empty),
                Values = report.Tables.Sum(table => table.Values),
            },
            Scopes = report.Tables,
            Failures = [.. report.Failures.Select(RotationDocuments.Failure)],
        };

    public static CensusDocument Of(IReadOnlyList<TableRows> counted) =>
        new(counted.Sum(table => table.Counts.Sum(count => count.Rows)), [.. counted.Select(Of)]);

    private static CountedTable Of(TableRows table) =>
        new()
        {
            Scope = table.Entry.Scope,
            Database = table.Entry.Database,
            Table = table.Entry.Name,
            Rows = table.Counts.Sum(count => count.Rows),
            External = table.Counts.Where(count => count.External).Sum(count => count.Rows),
            Versions =
            [
                .. table
                    .Counts.GroupBy(count => count.Version)
                    .OrderBy(group => group.Key)
                    .Select(group => new CountedVersion(
                        group.Key,
                        group.Where(count => !count.External).Sum(count => count.Rows),
                        group.Where(count => count.External).Sum(count => count.Rows)
                    )),
            ],
            Tenants =
            [
                .. table.Counts.Select(count => new CountedTenant(
                    count.Tenant,
                    count.Version,
                    count.External,
                    count.Rows
                )),
            ],
        };
}
