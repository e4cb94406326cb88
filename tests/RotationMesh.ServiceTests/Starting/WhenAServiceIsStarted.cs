using RotationMesh.Core.Faults;
using RotationMesh.TestKit;

namespace RotationMesh.ServiceTests.Starting;

public sealed class WhenAServiceIsStarted
{
    private static readonly string[] Programs = ["worker", "coordinator"];

    private Fixture? fixture;

    [OneTimeSetUp]
    public async Task Load() => fixture = await Fixture.LoadAsync(rows: 100);

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (fixture is not null)
            await fixture.DisposeAsync();
    }

    [TestCase("ROTATIONMESH_RABBITMQ", "amqp:/hunter2", "RabbitMQ address")]
    [TestCase("ROTATIONMESH_RABBITMQ", "http://user:hunter2@localhost/", "RabbitMQ address")]
    [TestCase("ROTATIONMESH_RABBITMQ", null, "no RabbitMQ: set ROTATIONMESH_RABBITMQ")]
    [TestCase("ROTATIONMESH_RABBITMQ_FILE", "/tmp/none", "ROTATIONMESH_RABBITMQ")]
    [TestCase("ROTATIONMESH_CONFIG", "none.yaml", "none.yaml")]
    [TestCase("ROTATIONMESH_ENV_FILE", "none.env", "none.env")]
    [TestCase("ROTATIONMESH_LISTEN", "ftp://here", "--listen")]
    [TestCase("ROTATIONMESH_LISTEN", "http://localhost:0", "http://127.0.0.1:0")]
    [TestCase("MASTER_ENCRYPTION_KEY", "hunter2", "MASTER_ENCRYPTION_KEY")]
    [TestCase("APP_DATABASE_URL", "Host=h;hunter2=1", "database 'app'")]
    [TestCase("APP_DATABASE_URL", "Host=h;Port=hunter2", "database 'app'")]
    public async Task A_wrong_setting_ends_it_with_one_line_that_names_it(
        string variable,
        string? value,
        string named
    )
    {
        foreach (var program in Programs)
        {
            var outcome = await fixture!
                .Command(
                    program == "worker" ? Artifacts.Worker : Artifacts.Coordinator,
                    [],
                    new Dictionary<string, string?> { [variable] = value }
                )
                .RunAsync(ServiceRun.Deadline);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(outcome.ExitCode, Is.EqualTo(2), outcome.Error);
                Assert.That(outcome.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
                Assert.That(outcome.Error, Does.StartWith($"rotationmesh-{program}: ").And.Contain(named));
                Assert.That(outcome.Error, Does.Not.Contain("hunter2"));
            }
        }
    }

    [TestCase("abc")]
    [TestCase("0")]
    [TestCase("99999999999")]
    public async Task A_concurrency_that_is_no_number_ends_it(string value)
    {
        var outcome = await fixture!
            .Command(Artifacts.Worker, ["--concurrency", value], [])
            .RunAsync(ServiceRun.Deadline);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(2));
            Assert.That(outcome.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(outcome.Error, Does.Contain("--concurrency").And.Contain("from 1 to 256"));
        }
    }

    [Test]
    public async Task A_user_whom_the_broker_refuses_ends_it()
    {
        var address = new UriBuilder(fixture!.Broker.Address) { Password = "hunter2" }
            .Uri
            .OriginalString;
        var outcome = await fixture!
            .Command(
                Artifacts.Worker,
                ["--listen", "http://127.0.0.1:0"],
                new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = address }
            )
            .RunAsync(ServiceRun.Deadline);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(ExitCodes.Unreachable));
            Assert.That(outcome.Error, Does.Contain("RabbitMQ refuses the user"));
            Assert.That(outcome.Output + outcome.Error, Does.Not.Contain("hunter2"));
        }
    }

    [Test]
    public async Task A_broker_that_is_away_is_waited_for_by_one_that_is_alive_and_not_ready()
    {
        await using var door = new TcpRelay("127.0.0.1", fixture!.Broker.Server.Port);
        var through = new UriBuilder(fixture!.Broker.Address) { Port = door.Port }
            .Uri
            .OriginalString;
        var variables = new Dictionary<string, string?> { ["ROTATIONMESH_RABBITMQ"] = through };
        ServiceRun[] services = [fixture!.StartWorker(variables), fixture!.StartCoordinator(variables)];
        foreach (var service in services)
        {
            await Eventually.Holds(
                () => Task.FromResult(service.Output.Contains("Connection Failed")),
                ServiceRun.Deadline,
                "it says that it can't connect"
            );
            Assert.That(await service.HealthAsync("live"), Is.EqualTo(200));
            Assert.That(await service.HealthAsync("ready"), Is.EqualTo(503));
        }

        door.Open();

        foreach (var service in services)
        {
            await Eventually.Holds(
                async () => await service.HealthAsync("ready") == 200,
                ServiceRun.Deadline,
                "it is ready"
            );
            Assert.That(await service.StopAsync(), Is.Zero);
        }
    }

    [Test]
    public async Task A_mistyped_variable_is_logged_once_with_the_one_that_was_meant()
    {
        var worker = await fixture!
            .StartWorker(new Dictionary<string, string?> { ["ROTATIONMESH_CONCURENCY"] = "4" })
            .JoinedAsync();

        Assert.That(worker.Says("did you mean ROTATIONMESH_CONCURRENCY?"), Is.EqualTo(1));
        Assert.That(await worker.StopAsync(), Is.Zero);
    }

    [Test]
    [Platform("Linux")]
    public async Task It_watches_no_files_wherever_it_is_started()
    {
        var worker = await fixture!.StartWorker().JoinedAsync();
        var coordinator = await fixture!.StartCoordinator().JoinedAsync();

        Assert.That((worker.Watched, coordinator.Watched), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Its_own_program_tells_whether_it_is_ready()
    {
        await using var coordinator = fixture!.StartCoordinator();
        await coordinator.IsReadyAsync(ServiceRun.Deadline);

        var ready = await coordinator.AskHealthAsync();
        coordinator.Kill();
        var gone = await coordinator.AskHealthAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((ready.ExitCode, gone.ExitCode), Is.EqualTo((0, 1)));
            Assert.That(ready.Output, Does.Contain("Healthy"));
            Assert.That(gone.Output, Does.Contain("nothing answers at http://127.0.0.1:"));
        }
    }

    [Test]
    public async Task Nothing_secret_is_in_what_it_logs()
    {
        var worker = await fixture!.StartWorker().JoinedAsync();
        var coordinator = await fixture!.StartCoordinator().JoinedAsync();
        await fixture!.EndAsync(await fixture!.RotateAsync());
        Assert.That(await worker.StopAsync() + await coordinator.StopAsync(), Is.Zero);

        var output = worker.Output + coordinator.Output;
        var password = new Uri(fixture!.Broker.Address).UserInfo.Split(':')[1];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.Contain("Joined the mesh"));
            foreach (var secret in new[] { Keys.Old, Keys.New, password })
                Assert.That(output, Does.Not.Contain(secret));
        }
    }
}
