namespace RotationMesh.CliTests.Selecting;

/// <summary>Command lines that say nothing the program can do.</summary>
public sealed class UsageTests
{
    private Site site = null!;

    [SetUp]
    public async Task Create() => site = await Site.EmptyAsync();

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("rotate --batch-size 0", "--batch-size")]
    [TestCase("rotate --batch-size -1", "--batch-size")]
    [TestCase("rotate --batch-size 100001", "--batch-size")]
    [TestCase("rotate --batch-size abc", "--batch-size")]
    [TestCase("rotate --workers 0", "--workers")]
    [TestCase("rotate --target-version 0", "--target-version")]
    [TestCase("rotate --target-version two", "--target-version")]
    [TestCase("rotate --id 7", "--id")]
    [TestCase("rotate --id 0a5d0f8e-3a1f-4d53-9a58-3a0f3ddf6f6a", "--id is for")]
    [TestCase("rotate --frobnicate", "--frobnicate")]
    [TestCase("rotate extra", "extra")]
    [TestCase("rotate --tenant", "--tenant")]
    [TestCase("verify --sample 0%", "--sample")]
    [TestCase("verify --sample 101%", "--sample")]
    [TestCase("verify --sample -5%", "--sample")]
    [TestCase("verify --sample many", "--sample")]
    [TestCase("verify --sample NaN%", "--sample")]
    [TestCase("verify --sample 1e-300%", "--sample")]
    [TestCase("verify --sample 5%%", "--sample")]
    [TestCase("rotate --verify sample:1e-300%", "--verify")]
    [TestCase("failures not-an-id", "not-an-id")]
    public async Task A_wrong_argument_is_refused_by_name(string arguments, string named) =>
        Assert.That((await site.RunAsync(arguments.Split(' '))).Refusal(), Does.Contain(named));

    [TestCase("frobnicate", "frobnicate")]
    [TestCase("--output xml rotate", "--output")]
    [TestCase("", "Required command")]
    [TestCase("keys frobnicate", "frobnicate")]
    public async Task What_is_no_verb_is_refused(string arguments, string named)
    {
        var outcome = await site.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That(outcome.Exits(2).Error, Does.Contain(named));
        Assert.That(outcome.Output, Is.Empty);
    }

    [TestCase("--help", "rotate")]
    [TestCase("rotate --help", "--batch-size")]
    [TestCase("verify -h", "--sample")]
    [TestCase("--version", "0.1.0")]
    public async Task Help_and_version_are_printed(string arguments, string shown) =>
        Assert.That((await site.RunProcessAsync(arguments.Split(' '))).Exits(0).Output, Does.Contain(shown));

    [Test]
    public async Task Options_come_from_the_environment_too()
    {
        site.Write("elsewhere.yaml", site.Map);
        File.Delete(Path.Combine(site.Folder, "rotation.yaml"));
        site.Variables["ROTATIONMESH_CONFIG"] = "elsewhere.yaml";
        site.Variables["ROTATIONMESH_OUTPUT"] = "json";
        Assert.That((await site.RunProcessAsync("doctor")).Json()["checks"], Is.Not.Null);
        site.Variables["ROTATIONMESH_OUTPUT"] = "xml";
        Assert.That((await site.RunProcessAsync("doctor")).Refusal(), Does.Contain("ROTATIONMESH_OUTPUT"));
    }
}
