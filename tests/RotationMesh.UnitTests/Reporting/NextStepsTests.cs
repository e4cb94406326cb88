using RotationMesh.Core;
using RotationMesh.Operations.Documents;
using RotationMesh.Reporting;

namespace RotationMesh.UnitTests.Reporting;

/// <summary>What a report advises for a rotation that ended although no row is known to have failed.</summary>
public sealed class NextStepsTests
{
    [Test]
    public void Where_it_is_in_doubt_nobody_is_told_that_no_row_needs_the_old_key()
    {
        var report = Report.Markdown(Of(["table notes: it was not counted"], []));

        Assert.That(report, Does.Contain("nobody knows which rows need them"));
        Assert.That(report, Does.Not.Contain("rows may still need them"));
    }

    [Test]
    public void Where_it_is_in_doubt_a_failed_post_check_does_not_make_every_row_verified()
    {
        var report = Report.Markdown(
            Of(["table notes: it was not counted"], [new PostCheckDocument("export", false, "status 500")])
        );

        Assert.That(
            report,
            Does.Contain("nobody knows which rows need them").And.Not.Contain("Every row is")
        );
    }

    [Test]
    public void Where_only_a_post_check_failed_every_row_is_verified() =>
        Assert.That(
            Report.Markdown(Of([], [new PostCheckDocument("export", false, "status 500")])),
            Does.Contain("Every row is rotated and verified")
        );

    private static ReportDocument Of(IReadOnlyList<string> doubts, IReadOnlyList<PostCheckDocument> checks) =>
        new()
        {
            MadeAt = DateTimeOffset.UnixEpoch,
            Rotation = new RotationDocument
            {
                RotationId = Guid.NewGuid(),
                State = RotationState.CompletedWithFailures,
                DryRun = false,
                TargetVersion = 2,
                ElapsedSeconds = 1,
                Reason = doubts.Count > 0 ? string.Join("; ", doubts) : "post-check export failed",
                Doubts = doubts,
                PostChecks = checks,
                Verified = 100,
                Totals = new RowTotals
                {
                    Rotated = 100,
                    Current = 0,
                    External = 0,
                    Failed = 0,
                    Conflicts = 0,
                    Pending = 0,
                },
                Scopes = [],
                Failures = [],
            },
            Order = new ReportedOrder
            {
                Scopes = ["notes"],
                Tenants = null,
                TargetFingerprint = "0123456789abcdef",
                MapHash = "",
                BatchSize = 1000,
                AllowDowngrade = false,
            },
            Causes = [],
            Unreadable = 0,
            Tenants = new ReportedTenants([], 0, []),
            Audit = new AuditDocument([], 0),
        };
}
