using RotationMesh.Cli.Output;
using RotationMesh.Core;
using RotationMesh.Operations.Documents;

namespace RotationMesh.CliTests.Verbs;

/// <summary>The line that says how a rotation ended: it claims what is known, and no more.</summary>
public sealed class VerdictTests
{
    private const string Doubt = "table notes: parts were detached from it while the rotation ran";

    private static RotationDocument Flawed =>
        Ended with
        {
            State = RotationState.CompletedWithFailures,
            Reason = Doubt,
            Doubts = [Doubt],
        };

    private static RotationDocument Ended =>
        new()
        {
            RotationId = Guid.NewGuid(),
            State = RotationState.Completed,
            DryRun = false,
            TargetVersion = 2,
            ElapsedSeconds = 1,
            Verified = 20_000,
            Decrypted = new DecryptedRows(20_000, 20_000, 0, 0),
            Totals = Rows(external: 0),
            Scopes = [],
            Failures = [],
        };

    [Test]
    public void A_doubt_is_told_without_numbers_that_show_nothing_wrong()
    {
        var verdict = RotationVerdict.Of(Flawed);

        Assert.That(
            verdict,
            Does.StartWith($"By the counts every row is at version 2, which proves too little: {Doubt};")
        );
        Assert.That(verdict, Does.Not.Contain("20,000 of 20,000"));
    }

    [Test]
    public void Beside_a_doubt_a_failed_post_check_does_not_make_every_row_rotated()
    {
        var asked = Flawed with { PostChecks = [new PostCheckDocument("export", false, "status 500")] };

        Assert.That(RotationVerdict.Of(asked), Does.StartWith("By the counts").And.Contain(Doubt));
    }

    [Test]
    public void Partitions_that_could_not_be_verified_are_told_by_the_rows_that_were()
    {
        var failed = Flawed with { Reason = null, Doubts = [], Verified = 15_000 };

        Assert.That(RotationVerdict.Of(failed), Does.Contain("15,000 of 20,000 rows were"));
        var all = failed with { Verified = 20_000 };
        Assert.That(RotationVerdict.Of(all), Does.Not.Contain("20,000 of 20,000"));
    }

    [TestCase(1, ", but for 1 external one")]
    [TestCase(1200, ", but for 1,200 external ones")]
    [TestCase(0, "")]
    public void External_rows_are_no_part_of_every_row(int external, string told) =>
        Assert.That(
            RotationVerdict.Of(Ended with { Totals = Rows(external) }),
            Does.StartWith($"Completed: every row is at version 2{told}; all 20,000 rows decrypted again")
        );

    [Test]
    public void Rows_that_changed_each_time_are_no_part_of_what_was_decrypted() =>
        Assert.That(
            RotationVerdict.Of(Ended with { Changing = 3 }),
            Does.Contain("decrypted again; 3 rows changed each time, so nobody knows whether they decrypt.")
        );

    private static RowTotals Rows(long external) =>
        new()
        {
            Rotated = 20_000,
            Current = 0,
            External = external,
            Failed = 0,
            Conflicts = 0,
            Pending = 0,
        };
}
