using System.Text.Json;
using RotationMesh.Client;
using RotationMesh.Core;
using RotationMesh.Operations;
using RotationMesh.Operations.Documents;
using RotationMesh.Sample;

namespace RotationMesh.ApiTests.Inspections;

public sealed class WhenTheDatabasesAreInspectedRemotely
{
    private SampleSite site = null!;
    private ApiServer server = null!;
    private Coordinator coordinator = null!;
    private RemoteInspections remote = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        site = await SampleSite.LoadAsync(
            new SampleOptions
            {
                Rows = 20_000,
                Tenants = 5,
                Corrupt = 7,
                External = 3,
            }
        );
        server = await ApiServer.StartAsync(site, workers: 0);
        coordinator = new Coordinator(server.Address, null);
        remote = new RemoteInspections(coordinator);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        coordinator.Dispose();
        await server.DisposeAsync();
        await site.DisposeAsync();
    }

    [Test]
    public async Task The_census_is_the_same() =>
        Same(
            await remote.CountAsync(new RowSelection { Only = ["knowledge"] }, CancellationToken.None),
            await site.Inspections.CountAsync(
                new RowSelection { Only = ["knowledge"] },
                CancellationToken.None
            )
        );

    [Test]
    public async Task The_keys_are_the_same() =>
        Same(
            await remote.ListKeysAsync(CancellationToken.None),
            await site.Inspections.ListKeysAsync(CancellationToken.None)
        );

    [TestCase(false)]
    [TestCase(true)]
    public async Task The_doctor_says_the_same(bool scan) =>
        Same(
            Certain(await remote.ExamineAsync(scan, CancellationToken.None)),
            Certain(await site.Inspections.ExamineAsync(scan, CancellationToken.None))
        );

    // What a random sample of the values holds is another one each time, and so is how many were tried in the time that they have.
    private static IEnumerable<Finding> Certain(DoctorDocument found) =>
        found.Checks.Where(check =>
            !check.Message.Contains("sampled values", StringComparison.Ordinal)
            && !check.Message.Contains("were not tried with every tenant", StringComparison.Ordinal)
        );

    [Test]
    public async Task A_dry_run_tells_its_progress_and_finds_the_same()
    {
        var order = new RotationOrder { RequestedBy = "ann", Workers = 1 };
        var progress = new Progress();
        var found = await remote.DryRunAsync(order, progress, CancellationToken.None);
        var local = await site.Inspections.DryRunAsync(order, new Progress(), CancellationToken.None);

        Same(found.Totals, local.Totals);
        Same(found.Failures, local.Failures);
        Assert.That(progress.Heard, Is.Not.Empty);
    }

    [Test]
    public async Task Verification_finds_the_same()
    {
        var order = new VerificationOrder { Workers = 1 };
        var found = await remote.VerifyAsync(order, new Progress(), CancellationToken.None);

        Assert.That(found.Ok, Is.False);
        Same(found, await site.Inspections.VerifyAsync(order, new Progress(), CancellationToken.None));
    }

    [Test]
    public void What_the_operator_can_mend_is_told() =>
        Assert.That(
            () =>
                remote.DryRunAsync(
                    new RotationOrder
                    {
                        RequestedBy = "ann",
                        Rows = new RowSelection { Only = ["conectors"] },
                    },
                    new Progress(),
                    CancellationToken.None
                ),
            Throws.TypeOf<UsageException>().With.Message.Contain("connectors")
        );

    private static void Same<T>(T found, T local) =>
        Assert.That(JsonSerializer.Serialize(found), Is.EqualTo(JsonSerializer.Serialize(local)));
}
