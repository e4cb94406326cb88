using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;

namespace RotationMesh.Reporting.Sections;

/// <summary>Rows by scope, and by tenant.</summary>
internal static class CountsSection
{
    private static readonly string[] Totals =
    [
        "Rows",
        "Rotated",
        "Current",
        "Empty",
        "External",
        "Failed",
        "Pending",
        "Conflicts",
    ];

    public static IEnumerable<Block> Of(ReportDocument report)
    {
        yield return new Heading(2, "Rows by scope");
        yield return new Grid(
            ["Scope", "Database", "Table", .. Totals],
            Totals.Length,
            [.. report.Rotation.Scopes.Select(Row), Sum(report.Rotation.Totals)]
        );
        if (report.Rotation.Totals.Empty > 0)
            yield return new Paragraph(
                $"{report.Rotation.Totals.Empty} of the rotated and current rows hold no value in any declared column: they have a version, and nothing to decrypt."
            );
        foreach (var table in report.Rotation.Scopes)
        foreach (var column in table.Sparse)
            yield return new Paragraph(
                $"{new Strong("Check the map:")} only {column.Values} of {column.Rows} rows of table {table.Table} hold a value in column {column.Column}. Values under another name would keep their old key."
            );
        if (report.Rotation.Totals.External > 0)
            yield return new Paragraph(
                $"{report.Rotation.Totals.External} external rows keep their values outside the database; they keep their old key and count against its retirement."
            );
        yield return new Heading(2, "Rows by tenant");
        yield return new Paragraph($"As counted when this report was made, {report.MadeAt}.");
        foreach (var block in ByTenant(report.Tenants))
            yield return block;
    }

    private static IEnumerable<Block> ByTenant(ReportedTenants tenants)
    {
        if (tenants.Tenants.Count > 0)
            yield return new Grid(
                ["Scope", "Table", "Tenant", "Rows", "At target", "Left", "External", "Failed"],
                5,
                [.. tenants.Tenants.Select(Row)]
            );
        else if (tenants.Uncounted.Count == 0)
            yield return new Paragraph("No rows.");
        if (tenants.More > 0)
            yield return new Paragraph(
                $"{tenants.More} more are not listed: those with failures come first, then those with most rows. {tenants.MoreLeft} of their rows are left at another version than the target's."
            );
        if (tenants.Uncounted.Count > 0)
            yield return new Points(
                Numbered: false,
                [.. tenants.Uncounted.Select(reason => (Phrase)$"{new Strong("Not counted:")} {reason}")]
            );
    }

    private static IReadOnlyList<Phrase> Row(TableDocument table) =>
        [
            Phrase.Foreign(table.Scope),
            Phrase.Foreign(table.Database),
            Phrase.Foreign(table.Table),
            Phrase.Number(table.Rows),
            Phrase.Number(table.Rotated),
            Phrase.Number(table.Current),
            Phrase.Number(table.Empty),
            Phrase.Number(table.External),
            Phrase.Number(table.Failed),
            Phrase.Number(table.Pending),
            Phrase.Number(table.Conflicts),
        ];

    private static IReadOnlyList<Phrase> Sum(RowTotals totals) =>
        [
            "All",
            "",
            "",
            Phrase.Number(totals.Rows),
            Phrase.Number(totals.Rotated),
            Phrase.Number(totals.Current),
            Phrase.Number(totals.Empty),
            Phrase.Number(totals.External),
            Phrase.Number(totals.Failed),
            Phrase.Number(totals.Pending),
            Phrase.Number(totals.Conflicts),
        ];

    private static IReadOnlyList<Phrase> Row(ReportedTenant tenant) =>
        [
            Phrase.Foreign(tenant.Scope),
            Phrase.Foreign(tenant.Table),
            Phrase.Foreign(tenant.Tenant),
            Phrase.Number(tenant.Rows),
            Phrase.Number(tenant.AtTarget),
            Phrase.Number(tenant.Left),
            Phrase.Number(tenant.External),
            Phrase.Number(tenant.Failed),
        ];
}
