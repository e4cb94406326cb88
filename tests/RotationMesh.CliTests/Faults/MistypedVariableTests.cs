namespace RotationMesh.CliTests.Faults;

/// <summary>Variables that look like the program's and are none: mistyped ones, which would change nothing in silence.</summary>
public sealed class MistypedVariableTests
{
    private const string Warning =
        "Warning: ROTATIONMESH_SERVR is no variable of this program: did you mean ROTATIONMESH_SERVER?";

    private Site site = null!;

    [SetUp]
    public async Task Create() => site = await Site.EmptyAsync();

    [TearDown]
    public async Task Drop() => await site.DisposeAsync();

    [TestCase("text")]
    [TestCase("json")]
    public async Task One_is_told_once_with_the_name_that_was_meant(string output)
    {
        site.Variables["ROTATIONMESH_SERVR"] = "http://127.0.0.1:1";

        var outcome = await site.RunAsync("--output", output, "doctor");

        Assert.That(outcome.Error.Split(Warning), Has.Length.EqualTo(2), outcome.ToString());
        Assert.That(outcome.Output, Does.Not.Contain("ROTATIONMESH_SERVR"));
        if (output == "json")
            Assert.That(outcome.Json()["checks"], Is.Not.Null);
    }

    [Test]
    public async Task One_in_a_dotenv_file_is_told_too()
    {
        var file = site.Write("set.env", "ROTATIONMESH_SERVR=http://127.0.0.1:1\n");

        Assert.That((await site.RunAsync("--env-file", file, "doctor")).Error, Does.Contain(Warning));
    }

    [Test]
    public async Task One_is_told_where_a_coordinator_is_asked_too()
    {
        site.Variables["ROTATIONMESH_TOKN"] = "hush";

        var outcome = await site.RunAsync("--server", "http://127.0.0.1:1", "list");

        Assert.That(
            outcome.Exits(6).Error,
            Does.Contain("did you mean ROTATIONMESH_TOKEN?").And.Not.Contain("hush")
        );
    }

    [Test]
    public async Task What_a_service_reads_or_the_map_names_is_told_of_by_nobody()
    {
        site.Map = site.Map.Replace("APP_DATABASE_URL", "ROTATIONMESH_APP_URL", StringComparison.Ordinal);
        site.Variables["ROTATIONMESH_APP_URL"] = site.Variables["APP_DATABASE_URL"];
        site.Variables["ROTATIONMESH_LISTEN"] = "http://127.0.0.1:8085";
        site.Variables["ROTATIONMESH_RABBITMQ_FILE"] = "/run/secrets/rabbitmq";
        site.Variables["ROTATIONMESH_TEST_POSTGRES"] = "of the tests";

        Assert.That((await site.RunAsync("doctor")).Error, Does.Not.Contain("is no variable"));
    }
}
