using System.Runtime.Versioning;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Deployment;

/// <summary>
/// <c>infra/publish.sh</c> in a folder of its own, with a dotnet that can't fetch what compiles ahead of time.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class WhenAProgramIsPublished
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private DirectoryInfo root = null!;

    private string Script => Path.Combine(root.FullName, "infra", "publish.sh");

    private string Asked => Path.Combine(root.FullName, "asked");

    [SetUp]
    public void Create()
    {
        root = Directory.CreateTempSubdirectory("rotationmesh-published-");
        root.CreateSubdirectory("infra");
        File.Copy(Path.Combine(RepositoryRoot.Path, "infra", "publish.sh"), Script);
        var program = Path.Combine(root.FullName, "dotnet");
        File.WriteAllText(
            program,
            $"#!/bin/sh\necho \"$*\" >>'{Asked}'\ncase \"$*\" in *ReadyToRun*) exit 1 ;; esac\n"
        );
        File.SetUnixFileMode(
            program,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
    }

    [TearDown]
    public void Delete() => root.Delete(recursive: true);

    [TestCase(null, 0, 2)]
    [TestCase("true", 1, 1)]
    public async Task A_slower_one_takes_its_place_but_not_in_CI(string? ci, int exitCode, int tries)
    {
        var outcome = await RunAsync(ci, "Project", "program");

        Assert.That(outcome.Exits(exitCode).Error, Does.Contain("compiled ahead of time"));
        Assert.That(await File.ReadAllLinesAsync(Asked), Has.Length.EqualTo(tries));
    }

    [TestCase(null, 0, 2)]
    [TestCase("true", 1, 1)]
    public async Task Packages_may_come_later_but_not_in_CI(string? ci, int exitCode, int tries)
    {
        var outcome = await RunAsync(ci, "--restore", "Project", "Another");

        Assert.That(outcome.Exits(exitCode).Error, Does.Contain("the packages of Project can't be had"));
        Assert.That(await File.ReadAllLinesAsync(Asked), Has.Length.EqualTo(tries));
    }

    private Task<ProcessOutcome> RunAsync(string? ci, params string[] arguments) =>
        new CommandLine("bash", [Script, .. arguments])
        {
            Environment = new Dictionary<string, string?>
            {
                ["CI"] = ci,
                ["PATH"] = $"{root.FullName}:{Environment.GetEnvironmentVariable("PATH")}",
            },
        }.RunAsync(Deadline);
}
