using System.Globalization;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting.Blocks;
using RotationMesh.Reporting.Wording;

namespace RotationMesh.Reporting.Sections;

/// <summary>Failures by cause, what to do about each, and the first rows.</summary>
internal static class FailuresSection
{
    /// <summary>Most rows that are listed, enough for a start; the verb <c>failures</c> lists more.</summary>
    private const int Listed = 50;

    public static IEnumerable<Block> Of(ReportDocument report)
    {
        yield return new Heading(2, "Failures by cause");
        if (report.Causes.Count == 0)
        {
            yield return new Paragraph(
                report.Rotation.Totals.Failed > 0
                    ? $"{report.Rotation.Totals.Failed} rows failed. Which ones is on record no more."
                    : "None."
            );
            yield break;
        }

        yield return new Grid(["Scope", "Table", "Cause", "Rows"], 1, [.. report.Causes.Select(Row)]);
        yield return new Points(
            Numbered: false,
            [
                .. report
                    .Causes.Select(cause => (cause.Error, Remedies.Of(cause.Error, cause.Cause)))
                    .Distinct()
                    .Select(Remedy),
            ]
        );
        var rows = report.Rotation.Failures.Take(Listed).ToList();
        yield return new Grid(
            ["Table", "Primary key", "Tenant", "Version", "Cause"],
            0,
            [.. rows.Select(Row)]
        );
        var more = report.Causes.Sum(cause => cause.Rows) - rows.Count;
        if (more > 0)
            yield return new Paragraph(
                $"{more} more rows: {new Code($"rotationmesh --output json failures {report.Rotation.RotationId}")}"
            );
    }

    private static Phrase Remedy((string Error, string Text) known)
    {
        // The remedy is the program's own text. The error class comes from the database, which has only the program's own
        // classes.
        Phrase remedy = $"{known.Error}: ";
        remedy.AppendLiteral(known.Text);
        return remedy;
    }

    private static string Shown(string error, string? cause) => cause is null ? error : $"{error}: {cause}";

    private static IReadOnlyList<Phrase> Row(CauseDocument cause) =>
        [
            Phrase.Foreign(cause.Scope),
            Phrase.Foreign(cause.Table),
            Phrase.Foreign(Shown(cause.Error, cause.Cause)),
            Phrase.Number(cause.Rows),
        ];

    private static IReadOnlyList<Phrase> Row(FailureDocument failure) =>
        [
            Phrase.Foreign(failure.Table),
            Phrase.Foreign(failure.Key?.ToJsonString(Unescaped)),
            Phrase.Foreign(failure.Tenant),
            Phrase.Foreign(failure.Version?.ToString(CultureInfo.InvariantCulture)),
            Phrase.Foreign(
                failure.Size is null
                    ? Shown(failure.Error, failure.Cause)
                    : string.Create(CultureInfo.InvariantCulture, $"{failure.Error} ({failure.Size} bytes)")
            ),
        ];

    private static readonly System.Text.Json.JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
