namespace RotationMesh.CliTests.Selecting;

/// <summary>A coordinator that a variable names, which somebody may have set for something else, beside options of a verb.</summary>
public sealed class WhenAVariableNamesACoordinator
{
    private const string Nobody = "http://127.0.0.1:1";

    private Site site = null!;

    [SetUp]
    public async Task Create()
    {
        site = await Site.EmptyAsync();
        site.Variables["ROTATIONMESH_SERVER"] = Nobody;
    }

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("--config production.yaml rotate", "--config")]
    [TestCase("rotate --config production.yaml --dry-run", "--config")]
    [TestCase("keys retire 1 --config production.yaml", "--config")]
    [TestCase("--env-file production.env status", "--env-file")]
    [TestCase("--config production.yaml --env-file production.env list", "--config and --env-file")]
    public async Task A_map_or_keys_that_options_give_are_refused(string arguments, string named)
    {
        var refusal = (await site.RunAsync(arguments.Split(' '))).Refusal();

        Assert.That(
            refusal,
            Does.Contain($"the coordinator at {Nobody}/ has its own map and keys")
                .And.Contain("ROTATIONMESH_SERVER")
                .And.EndsWith($"leave {named} out")
        );
    }

    [Test]
    public async Task A_password_in_it_is_not_shown()
    {
        site.Variables["ROTATIONMESH_SERVER"] = "http://ann:hush@127.0.0.1:1";

        var refusal = (await site.RunAsync("--config", "production.yaml", "rotate")).Refusal();

        Assert.That(refusal, Does.Not.Contain("hush"));
    }

    [TestCase("rotate", true)]
    [TestCase("retry", true)]
    [TestCase("cancel", true)]
    [TestCase("keys retire 1", true)]
    [TestCase("workers pause", true)]
    [TestCase("workers status", false)]
    [TestCase("list", false)]
    public async Task A_verb_that_changes_something_says_whom_it_asks(string arguments, bool said)
    {
        var outcome = (await site.RunAsync(arguments.Split(' '))).Exits(6);

        Assert.That(
            outcome.ErrorLines(),
            Has.Exactly(said ? 1 : 0).StartsWith($"Asking the coordinator at {Nobody}/"),
            outcome.ToString()
        );
    }

    [Test]
    public async Task Both_options_ask_the_coordinator_and_say_that_the_map_is_not_used()
    {
        var outcome = (
            await site.RunAsync("--server", Nobody, "--config", "production.yaml", "--output", "json", "list")
        ).Exits(6);

        Assert.That(
            outcome.ErrorLines(),
            Has.Exactly(1).EndsWith($"{Nobody}/ answers with its own map: production.yaml is not used"),
            outcome.ToString()
        );
        Assert.That((int)outcome.Json()["exitCode"]!, Is.EqualTo(6));
    }
}
