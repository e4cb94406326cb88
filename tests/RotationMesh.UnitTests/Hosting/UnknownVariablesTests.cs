using RotationMesh.Hosting;

namespace RotationMesh.UnitTests.Hosting;

public sealed class UnknownVariablesTests
{
    private const string NoMap = "/nowhere/rotation.yaml";

    [TestCase("ROTATIONMESH_RABITMQ", "ROTATIONMESH_RABBITMQ")]
    [TestCase("ROTATIONMESH_RABBIT_MQ", "ROTATIONMESH_RABBITMQ")]
    [TestCase("ROTATIONMESH_RABBITMQFILE", "ROTATIONMESH_RABBITMQ_FILE")]
    [TestCase("ROTATIONMESH_SEVER", "ROTATIONMESH_SERVER")]
    [TestCase("ROTATIONMESH_TOKNE", "ROTATIONMESH_TOKEN")]
    [TestCase("ROTATIONMESH_CONCURENCY", "ROTATIONMESH_CONCURRENCY")]
    [TestCase("rotationmesh_config", "ROTATIONMESH_CONFIG")]
    public void A_mistyped_name_is_told_with_the_nearest_one(string name, string near) =>
        Assert.That(
            UnknownVariables.Warn([name], NoMap),
            Is.EqualTo([$"{name} is no variable of this program: did you mean {near}?"])
        );

    [Test]
    public void A_name_that_is_near_to_none_is_told_alone() =>
        Assert.That(
            UnknownVariables.Warn(["ROTATIONMESH_FROBNICATE"], NoMap),
            Is.EqualTo(["ROTATIONMESH_FROBNICATE is no variable of this program"])
        );

    [Test]
    public void What_any_of_the_programs_reads_is_known() =>
        Assert.That(
            UnknownVariables.Warn([.. ProgramVariable.All.Select(variable => variable.Name)], NoMap),
            Is.Empty
        );

    [TestCase("PATH")]
    [TestCase("MASTER_ENCRYPTION_PREVIOS_KEYS")]
    [TestCase("ROTATIONMESH_")]
    [TestCase("ROTATIONMESH_TEST_POSTGRES")]
    public void What_is_somebody_else_s_is_left_alone(string name) =>
        Assert.That(UnknownVariables.Warn([name], NoMap), Is.Empty);

    [Test]
    public void What_the_map_names_is_known_and_no_part_of_it()
    {
        using var map = new TextFile(
            """
            connectionString: ${APP_URL:-${ROTATIONMESH_APP_URL}}
            environment: [ROTATIONMESH_MARK]
            """
        );

        Assert.That(
            UnknownVariables.Warn(
                ["ROTATIONMESH_MARK", "ROTATIONMESH_APP", "ROTATIONMESH_APP_URL"],
                map.Path
            ),
            Is.EqualTo(["ROTATIONMESH_APP is no variable of this program"])
        );
    }

    [Test]
    public void What_Kubernetes_sets_for_a_service_of_that_name_is_known()
    {
        string[] port = ["ROTATIONMESH_API_PORT", "ROTATIONMESH_API_PORT_8085_TCP_ADDR"];

        Assert.Multiple(() =>
        {
            Assert.That(
                UnknownVariables.Warn(
                    [.. port, "ROTATIONMESH_API_SERVICE_HOST", "ROTATIONMESH_API_SERVICE_PORT_HTTP"],
                    NoMap
                ),
                Is.Empty
            );
            Assert.That(UnknownVariables.Warn(port, NoMap), Has.Exactly(2).Items);
        });
    }

    [Test]
    public void What_is_read_from_the_environment_alone_is_told_where_the_file_sets_it() =>
        Assert.That(
            UnknownVariables.WarnOfFile(["ROTATIONMESH_LISTEN", "ROTATIONMESH_TOKEN_FILE", "OTHER"]),
            Is.EqualTo(["ROTATIONMESH_LISTEN is not read from the dotenv file: set it in the environment"])
        );

    [Test]
    public void A_name_is_told_once_wherever_it_is_set()
    {
        const string name = "ROTATIONMESH_LISTN";
        Assert.That(UnknownVariables.Warn([name, name], NoMap), Has.Exactly(1).Items);
    }
}
