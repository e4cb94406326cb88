using System.Text.RegularExpressions;
using RotationMesh.UnitTests.Architecture;

namespace RotationMesh.UnitTests.Documentation;

/// <summary>The runbook in the docs: every step of it is a test.</summary>
public sealed partial class RunbookTests
{
    private static readonly Dictionary<string, string[]> Tests = new()
    {
        ["check that the migrations ran"] =
        [
            "Verbs/DoctorTests: A_table_without_its_version_column_is_told_with_the_statement_that_adds_it",
        ],
        ["check that a snapshot is recent"] =
        [
            "Gates/GateAtStartTests: A_snapshot_is_told_by_the_operator_where_the_map_has_no_source",
        ],
        ["pause the application's workers, wait until they rest"] =
        [
            "Gates/GateAtStartTests: A_job_that_runs_when_the_queue_is_paused_is_waited_for",
            "Gates/PausedWorkersTests: An_operator_pauses_and_resumes_by_hand",
        ],
        ["dry run"] =
        [
            "Selecting/RunbookTests: The_dry_run_of_one_tenant_counts_its_connectors_and_writes_nothing",
            "Rotating/DryRunTests: Finds_every_row_that_the_real_run_fails_on",
        ],
        ["rotate"] =
        [
            "Rotating/RotatedSampleTests: Each_value_is_the_same_under_the_new_key_and_unreadable_under_the_old_one",
        ],
        ["dry run again: nothing left"] =
        [
            "Rotating/RotatedSampleTests: The_second_rotation_finds_every_row_current",
            "Verbs/VerifyTests: Rows_that_were_damaged_since_are_named",
        ],
        ["check exports and connectors"] =
        [
            "Gates/PostCheckTests: They_are_asked_with_their_secret_after_every_row_is_rotated_and_recorded",
        ],
        ["write the security logbook"] =
        [
            "Verbs/ReportTests: A_completed_rotation_tells_what_who_when_and_what_is_next",
            "Verbs/AuditTests: The_start_of_a_rotation_names_operator_and_command_line",
        ],
        ["resume the workers"] =
        [
            "Gates/PausedWorkersTests: Queues_that_it_paused_are_resumed_after_verification_and_no_others",
        ],
        ["something failed: incident, repair, again"] =
        [
            "Rotating/DamagedRowsTests: After_repair_only_they_are_rotated",
            "Verbs/ReportTests: Failures_come_with_causes_remedies_and_instructions",
        ],
        ["undo"] = ["Rotating/TargetVersionTests: Rows_above_the_target_go_down_where_that_is_allowed"],
        ["take the old key out of service"] =
        [
            "Verbs/RetireTests: A_version_that_nothing_needs_is_retired_and_stays_so",
            "Verbs/RetireTests: A_rotation_to_it_is_refused_and_writes_nothing",
        ],
    };

    private static string Readme => File.ReadAllText(Path.Combine(Repository.Root, "docs", "rotating.md"));

    [Test]
    public void Each_step_has_its_tests()
    {
        var steps = Steps().Select(step => step.ByHand);

        Assert.That(steps, Is.EquivalentTo(Tests.Keys));
        foreach (var (file, test) in Tests.Values.SelectMany(tests => tests).Select(Split))
            Assert.That(
                File.ReadAllText(
                    Path.Combine(Repository.Root, "tests", "RotationMesh.CliTests", file + ".cs")
                ),
                Does.Match($@"\[Test\]\s+public [\w ]+ {test}\("),
                file
            );
    }

    [Test]
    public void Each_step_names_what_does_it()
    {
        foreach (var (step, with) in Steps())
            Assert.That(with, Does.Match("`[^`]+`"), step);
    }

    private static IEnumerable<(string ByHand, string With)> Steps() =>
        Row()
            .Matches(Section().Match(Readme).Value)
            .Skip(2) // the heads and the line below them
            .Select(row => (row.Groups["hand"].Value, row.Groups["with"].Value));

    private static (string File, string Test) Split(string test) =>
        test.Split(": ") is [var file, var name] ? (file, name) : throw new FormatException(test);

    [GeneratedRegex("## The runbook, side by side.*?(?=\n## )", RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\| *(?<hand>.+?) *\| *(?<with>.+?) *\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
