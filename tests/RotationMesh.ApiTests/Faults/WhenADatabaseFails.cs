using RotationMesh.Client;
using RotationMesh.Operations;
using RotationMesh.Sample;
using RotationMesh.TestKit;

namespace RotationMesh.ApiTests.Faults;

/// <summary>The coordinator answers, and a database does not do what it should.</summary>
public sealed class WhenADatabaseFails
{
    private SampleSite site = null!;
    private ApiServer server = null!;
    private Caller caller = null!;

    [SetUp]
    public async Task Start()
    {
        site = await SampleSite.LoadAsync(new SampleOptions { Rows = 50, Tenants = 2 });
        server = await ApiServer.StartAsync(site, workers: 0);
        caller = new Caller(server.Address);
    }

    [TearDown]
    public async Task Stop()
    {
        caller.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
    }

    [TestCase("/v1/rotations")]
    [TestCase("/v1/rotations/latest")]
    [TestCase("/v1/keys")]
    [TestCase("/v1/audit")]
    public async Task It_is_told_in_the_words_of_a_process_that_works_by_itself(string path)
    {
        await DropAsync();
        Assert.That((await caller.GetAsync(path)).IsProblem(503), Does.EndWith(Missing));
    }

    [TestCase("/v1/verification")]
    [TestCase("/v1/census")]
    public async Task It_names_the_database_of_the_map(string path)
    {
        await DropAsync();
        Assert.That(
            (await caller.PostAsync(path, "{}")).EndsInProblem(503),
            Is.EqualTo($"database 'app' of the map: {Missing}")
        );
    }

    [Test]
    public async Task Whoever_asks_hears_it_at_once_and_does_not_take_the_coordinator_for_lost()
    {
        await DropAsync();
        using var coordinator = new Coordinator(server.Address, null);
        var rotations = new RemoteRotations(coordinator);
        Assert.That(
            () => rotations.ListAsync(CancellationToken.None),
            Throws.TypeOf<DatabaseFaultException>().With.Message.EqualTo(Missing)
        );
        Assert.That(
            () => new RemoteInspections(coordinator).CountAsync(new RowSelection(), CancellationToken.None),
            Throws.TypeOf<DatabaseFaultException>().With.Message.Contain(Missing)
        );
    }

    private string Missing =>
        $"the server refused: database \"{site.Database.Name}\" does not exist (SQLSTATE 3D000)";

    // Connections that were open die with the database, and each is heard of once.
    private async Task DropAsync()
    {
        await site.Database.DisposeAsync();
        await Eventually.Holds(
            async () =>
                (await caller.GetAsync("/v1/rotations")).Text.Contains("3D000", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            "the database is gone"
        );
    }
}
