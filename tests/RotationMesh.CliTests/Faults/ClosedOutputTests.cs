using RotationMesh.TestKit;

namespace RotationMesh.CliTests.Faults;

/// <summary>Standard output or error that can't be written: closed by whoever started the program, or on a full disk.</summary>
public sealed class ClosedOutputTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private Site site = null!;

    [OneTimeSetUp]
    public async Task Load() => site = await Site.LoadAsync("--rows", "50", "--tenants", "2");

    [OneTimeTearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase(">&-", "census")]
    [TestCase(">/dev/full", "census")]
    [TestCase(">/dev/full", "keys")]
    [TestCase(">/dev/full", "rotate")]
    public async Task A_document_that_cannot_be_written_is_a_failure_and_no_crash(string output, string verb)
    {
        var outcome = await RunAsync(output, "--output", "json", verb);
        outcome.Exits(1);
        Assert.That(
            outcome.ErrorLines()[^1],
            Does.StartWith("rotationmesh: ").And.Contain("standard output")
        );
    }

    [TestCase(">&-", "census")]
    [TestCase(">/dev/full", "census")]
    [TestCase(">&-", "audit export")]
    [TestCase(">/dev/full", "sample map")]
    [TestCase(">&-", "keys generate")]
    [TestCase(">/dev/full", "--help")]
    public async Task Text_that_cannot_be_written_is_told_in_one_clear_line(string output, string verb)
    {
        (await site.RunAsync("rotate", "--output", "json")).Exits(0); // something to tell
        var outcome = (await RunAsync(output, verb.Split(' '))).Exits(1);
        Assert.That(
            outcome.ErrorLines(),
            Is.EqualTo([
                "rotationmesh: unexpected failure: standard output can't be written: is it closed, or its disk full?",
            ])
        );
    }

    [TestCase(">/dev/full")]
    [TestCase(">/dev/full 2>/dev/full")]
    [TestCase(">&- 2>&-")]
    public async Task A_refusal_keeps_its_exit_code_where_nobody_can_be_told(string output) =>
        (await RunAsync(output, "--output", "json", "--config", "nowhere.yaml", "census")).Exits(2);

    private Task<ProcessOutcome> RunAsync(string redirection, params string[] arguments)
    {
        var direct = site.Command(arguments);
        return (
            direct with
            {
                Program = "/bin/sh",
                Arguments = ["-c", $"exec \"$0\" \"$@\" {redirection}", Artifacts.RotationMesh, .. arguments],
            }
        ).RunAsync(Deadline);
    }
}
