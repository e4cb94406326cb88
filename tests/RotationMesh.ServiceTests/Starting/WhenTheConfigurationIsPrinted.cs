using System.Text;
using System.Text.RegularExpressions;
using RotationMesh.Core.Keys;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Starting;

/// <summary>
/// A service shows what it would work by. Nothing listens at the addresses that it has, as it is to connect to nothing.
/// </summary>
public sealed partial class WhenTheConfigurationIsPrinted
{
    private const string Hidden = "set, not shown";
    private const string Password = "kR7-quite-hidden";
    private const string Database = $"Host=127.0.0.1;Port=1;Username=app;Password={Password};Database=app";
    private const string Broker = $"amqp://mesh:{Password}@127.0.0.1:1/";

    private string folder = null!;

    private static string[] Programs => [Artifacts.Coordinator, Artifacts.Worker];

    [SetUp]
    public void Create()
    {
        folder = Directory.CreateTempSubdirectory("rotationmesh-printed-").FullName;
        Write("rotation.yaml", SampleMap.Yaml("APP_DATABASE_URL"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task A_coordinator_tells_the_source_of_each_value_and_no_secret()
    {
        var broker = Write("broker", Broker);
        Write(".env", $"APP_DATABASE_URL={Database}\n");

        var shown = await PrintAsync(
            Artifacts.Coordinator,
            ["--env-file", ".env", "--patience", "90s"],
            new()
            {
                ["APP_DATABASE_URL"] = null,
                ["ROTATIONMESH_RABBITMQ"] = null,
                ["ROTATIONMESH_RABBITMQ_FILE"] = broker,
                ["ROTATIONMESH_LISTEN"] = "http://127.0.0.1:0",
            }
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(shown["--config"], Is.EqualTo(("rotation.yaml", "default")));
            Assert.That(shown["--env-file"], Is.EqualTo((".env", "option")));
            Assert.That(
                shown["--listen"],
                Is.EqualTo(("http://127.0.0.1:0", "environment variable ROTATIONMESH_LISTEN"))
            );
            Assert.That(shown["--tokens-file"], Is.EqualTo(("not set", "default")));
            Assert.That(shown["--patience"], Is.EqualTo(("90s", "option")));
            Assert.That(
                shown["--rabbitmq"],
                Is.EqualTo((Hidden, $"mounted secret file {broker} (ROTATIONMESH_RABBITMQ_FILE)"))
            );
            Assert.That(
                shown["--rabbitmq-file"],
                Is.EqualTo((broker, "environment variable ROTATIONMESH_RABBITMQ_FILE"))
            );
            Assert.That(
                shown["MASTER_ENCRYPTION_KEY_VERSION"],
                Is.EqualTo(("2", "environment variable MASTER_ENCRYPTION_KEY_VERSION"))
            );
            Assert.That(
                shown["key version 1"],
                Is.EqualTo((Of(Keys.Old), "environment variable MASTER_ENCRYPTION_PREVIOUS_KEYS"))
            );
            Assert.That(
                shown["key version 2 (current)"],
                Is.EqualTo((Of(Keys.New), "environment variable MASTER_ENCRYPTION_KEY"))
            );
            Assert.That(
                shown["${APP_DATABASE_URL}"],
                Is.EqualTo((Hidden, "dotenv file .env (APP_DATABASE_URL)"))
            );
        }
    }

    [Test]
    public async Task A_worker_tells_the_source_of_each_value_and_no_secret()
    {
        var key = Write("key", Keys.New);

        var shown = await PrintAsync(
            Artifacts.Worker,
            ["--rabbitmq", Broker, "--config", "rotation.yaml"],
            new()
            {
                ["MASTER_ENCRYPTION_KEY"] = null,
                ["MASTER_ENCRYPTION_KEY_FILE"] = key,
                ["ROTATIONMESH_CONCURRENCY"] = "3",
            }
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(shown["--config"], Is.EqualTo(("rotation.yaml", "option")));
            Assert.That(shown["--env-file"], Is.EqualTo(("not set", "default")));
            Assert.That(shown["--listen"], Is.EqualTo(("http://127.0.0.1:8086", "default")));
            Assert.That(
                shown["--concurrency"],
                Is.EqualTo(("3", "environment variable ROTATIONMESH_CONCURRENCY"))
            );
            Assert.That(shown["--rabbitmq"], Is.EqualTo((Hidden, "option")));
            Assert.That(shown["--rabbitmq-file"], Is.EqualTo(("not set", "default")));
            Assert.That(
                shown["key version 2 (current)"],
                Is.EqualTo((Of(Keys.New), $"mounted secret file {key} (MASTER_ENCRYPTION_KEY_FILE)"))
            );
            Assert.That(
                shown["${APP_DATABASE_URL}"],
                Is.EqualTo((Hidden, "environment variable APP_DATABASE_URL"))
            );
        }
    }

    [TestCase("MASTER_ENCRYPTION_KEY", null, "MASTER_ENCRYPTION_KEY")]
    [TestCase("APP_DATABASE_URL", "Host=h;Port=hunter2", "database 'app'")]
    [TestCase("ROTATIONMESH_RABBITMQ", "amqp:/hunter2", "RabbitMQ address")]
    public async Task What_a_start_would_refuse_is_refused(string variable, string? value, string named)
    {
        foreach (var program in Programs)
        {
            var outcome = await RunAsync(program, ["--print-config"], new() { [variable] = value });

            Assert.That(outcome.Exits(2).Output, Is.Empty);
            Assert.That(outcome.Error, Does.Contain(named).And.Not.Contain("hunter2"));
        }
    }

    [Test]
    public async Task An_address_that_needs_tokens_is_refused_without_them()
    {
        var outcome = await RunAsync(
            Artifacts.Coordinator,
            ["--print-config", "--listen", "http://0.0.0.0:8085"],
            []
        );

        Assert.That(outcome.Exits(2).Error, Does.Contain("--tokens-file"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_mistyped_variable_is_named_with_the_one_that_was_meant(bool isSetToo)
    {
        foreach (var program in Programs)
        {
            var outcome = await RunAsync(
                program,
                ["--print-config"],
                new()
                {
                    ["ROTATIONMESH_RABITMQ"] = Broker,
                    ["ROTATIONMESH_RABBITMQ"] = isSetToo ? Broker : null,
                }
            );

            var lines = outcome.Exits(isSetToo ? 0 : 2).Error.TrimEnd().Split('\n');
            Assert.That(
                lines[0],
                Is.EqualTo(
                    $"{Path.GetFileName(program)}: warning: ROTATIONMESH_RABITMQ is no variable of this program: "
                        + "did you mean ROTATIONMESH_RABBITMQ?"
                )
            );
            Assert.That(lines, Has.Length.EqualTo(isSetToo ? 1 : 2));
            Assert.That(outcome.Output + outcome.Error, Does.Not.Contain(Password));
        }
    }

    private async Task<Dictionary<string, (string Value, string Source)>> PrintAsync(
        string program,
        string[] options,
        Dictionary<string, string?> variables
    )
    {
        var outcome = (await RunAsync(program, ["--print-config", .. options], variables)).Exits(0);
        Assert.That(outcome.Error, Is.Empty);
        foreach (var secret in (string[])[Keys.Old, Keys.New, Password])
            Assert.That(outcome.Output, Does.Not.Contain(secret));
        return outcome
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Gap().Split(line))
            .ToDictionary(columns => columns[0], columns => (columns[1], columns[2]));
    }

    private Task<ProcessOutcome> RunAsync(
        string program,
        string[] arguments,
        Dictionary<string, string?> variables
    )
    {
        var environment = Keys.Variables(Keys.New);
        environment["APP_DATABASE_URL"] = Database;
        environment["ROTATIONMESH_RABBITMQ"] = Broker;
        foreach (var (name, value) in variables)
            environment[name] = value;
        var command = new CommandLine(program, arguments) { Environment = environment, Directory = folder };
        return command.RunAsync(ServiceRun.Deadline);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static string Of(string key) => Fingerprint.Of(Encoding.UTF8.GetBytes(key));

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();
}
