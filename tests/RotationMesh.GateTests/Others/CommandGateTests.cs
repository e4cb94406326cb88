using System.Diagnostics;

namespace RotationMesh.GateTests.Others;

[NonParallelizable] // it changes the environment of this process
public sealed class CommandGateTests
{
    [Test]
    public async Task The_exit_code_decides()
    {
        (await RunAsync("exit 0")).AssertHolds();
        var failed = await RunAsync("echo correct-horse; echo correct-horse >&2; exit 3");
        failed.AssertLost("/bin/sh exits 3");
        Assert.That(failed.ToString(), Does.Not.Contain("correct-horse"));
    }

    [Test]
    public async Task Much_output_does_not_block_the_program() =>
        (await RunAsync("head -c 3000000 /dev/zero | tr '\\0' x; exit 0")).AssertHolds();

    [Test]
    public async Task A_program_that_does_not_end_is_killed_with_its_children()
    {
        var mark = Path.GetTempFileName();
        var clock = Stopwatch.StartNew();

        (await RunAsync($"(sleep 300; rm {mark}) & wait", "500ms")).AssertLost("did not end within 0.5 s");

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromMinutes(4)));
        // The child lives as long as its command line is to be found.
        Assert.That(
            Directory
                .GetDirectories("/proc")
                .Select(folder => Path.Combine(folder, "cmdline"))
                .Where(File.Exists)
                .Select(ReadOrNothing)
                .Where(line => line.Contains(mark, StringComparison.Ordinal)),
            Is.Empty
        );
        File.Delete(mark);
    }

    [Test]
    public async Task A_program_that_is_not_there_does_not_hold() =>
        (await Looks.AtWorkersAsync("command: { run: /no/such/program }")).AssertLost(
            "/no/such/program could not be started"
        );

    [TestCase("MASTER_ENCRYPTION_KEY")]
    [TestCase("CONTROL_DATABASE_URL")]
    [TestCase("AWS_SECRET_ACCESS_KEY")]
    public async Task A_program_gets_path_and_home_and_nothing_that_the_map_does_not_name(string name)
    {
        var before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, "a key");
        try
        {
            (
                await RunAsync(
                    """test -n "$PATH" && test "$(env | cut -d= -f1 | grep -vE "^(PATH|HOME|PWD|SHLVL|_|OLDPWD)$")" = "" """
                )
            ).AssertHolds();
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }

    [Test]
    public async Task What_the_map_names_reaches_the_program()
    {
        const string name = "A_NAME_OF_THE_GATE";
        Environment.SetEnvironmentVariable(name, "there");
        try
        {
            (
                await Looks.AtWorkersAsync(
                    $"command: {{ run: [/bin/sh, -c, 'test \"${name}\" = there'], environment: [{name}, NOT_SET], timeout: 20s }}"
                )
            ).AssertHolds();
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    private static string ReadOrNothing(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static Task<Core.Gates.GateVerdict> RunAsync(string script, string timeout = "20s") =>
        Looks.AtWorkersAsync(
            $"command: {{ run: [/bin/sh, -c, '{script.Replace("'", "''", StringComparison.Ordinal)}'], timeout: {timeout} }}"
        );
}
