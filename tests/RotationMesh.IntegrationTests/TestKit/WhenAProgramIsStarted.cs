using RotationMesh.TestKit;
using RotationMesh.TestKit.Processes;

namespace RotationMesh.IntegrationTests.TestKit;

public sealed class WhenAProgramIsStarted
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // A shell runs its trap between two commands, hence the short sleeps; none of them outlives it for long.
    private const string Patient = "trap 'exit 5' INT; echo started; while :; do sleep 0.05; done";

    [Test]
    public async Task Its_output_error_and_exit_code_are_kept_apart()
    {
        ProcessOutcome outcome = await Shell("echo out; echo err >&2; exit 3").RunAsync(Deadline);

        Assert.That(outcome, Is.EqualTo(new ProcessOutcome(3, "out\n", "err\n")));
    }

    [Test]
    public async Task Its_standard_input_is_empty()
    {
        ProcessOutcome outcome = await Shell("cat; echo end").RunAsync(Deadline);

        Assert.That(outcome.Output, Is.EqualTo("end\n"));
    }

    [Test]
    public async Task It_sees_the_variables_given_and_none_that_configure_the_product()
    {
        Environment.SetEnvironmentVariable("ROTATIONMESH_LEFT_OVER", "value");
        CommandLine command = Shell("echo \"$GIVEN-$ROTATIONMESH_LEFT_OVER\"") with
        {
            Environment = new Dictionary<string, string?> { ["GIVEN"] = "given" },
        };

        ProcessOutcome outcome = await command.RunAsync(Deadline);

        Assert.That(outcome.Output, Is.EqualTo("given-\n"));
    }

    [Test]
    public async Task It_can_be_interrupted()
    {
        await using ProcessRun run = Shell(Patient).Start();
        await Started(run);

        run.Interrupt();
        ProcessOutcome outcome = await run.EndAsync(Deadline);

        Assert.That(outcome.ExitCode, Is.EqualTo(5), outcome.ToString());
    }

    [Test]
    public async Task It_can_be_killed()
    {
        await using ProcessRun run = Shell(Patient).Start();
        await Started(run);

        run.Kill();
        ProcessOutcome outcome = await run.EndAsync(Deadline);

        Assert.That(outcome.ExitCode, Is.EqualTo(128 + 9), outcome.ToString());
    }

    private static CommandLine Shell(string script) => new("/bin/sh", "-c", script);

    private static Task Started(ProcessRun run) =>
        Eventually.Holds(
            () => Task.FromResult(run.OutputSoFar == "started\n"),
            Deadline,
            "the shell says that it started"
        );
}
