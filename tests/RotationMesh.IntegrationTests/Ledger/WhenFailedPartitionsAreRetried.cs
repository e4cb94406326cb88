using NUnit.Framework;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenFailedPartitionsAreRetried
{
    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create()
    {
        scene = await LedgerScene.CreateAsync();
        await AddAsync(LedgerScene.Table(scope: "connectors"), ["a", "b"]);
        await AddAsync(LedgerScene.Table(scope: "knowledge"), ["b"]);
        await AddAsync(LedgerScene.Table(scope: "archive"), null);
        var taken = await scene.TakeAsync();
        await scene.SettleAsync([.. taken.Select(partition => partition.Failed())]);
    }

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    [TestCase(null, null, "archive connectors knowledge")]
    [TestCase("knowledge", null, "knowledge")]
    [TestCase(null, "b", "archive connectors knowledge")]
    [TestCase(null, "a", "archive connectors")]
    [TestCase("knowledge", "a", "")]
    public async Task Those_of_the_scope_and_tenant_are_taken_again(
        string? scope,
        string? tenant,
        string scopes
    )
    {
        var retried = await scene.Retry.RetryAsync(scene.RotationId, scope, tenant, CancellationToken.None);

        var taken = await scene.TakeAsync();
        Assert.That(
            string.Join(' ', taken.Select(partition => partition.Range.Scope).Order()),
            Is.EqualTo(scopes)
        );
        Assert.That(retried, Is.EqualTo(taken.Count));
        Assert.That((await scene.SummaryAsync()).Failed, Is.EqualTo(3 - taken.Count));
    }

    [Test]
    public async Task They_may_stumble_as_often_as_the_first_time()
    {
        await scene.Retry.RetryAsync(scene.RotationId, "knowledge", null, CancellationToken.None);
        var tallies = new List<SettlementTally>();
        while ((await scene.TakeAsync()).SingleOrDefault() is { } partition)
            tallies.Add(await scene.SettleAsync(partition.Stumbled()));

        Assert.That(tallies, Has.Count.EqualTo(3));
        Assert.That((await scene.SummaryAsync()).Failed, Is.EqualTo(3));
    }

    [Test]
    public async Task A_late_result_of_the_attempt_that_failed_changes_nothing()
    {
        await scene.Retry.RetryAsync(scene.RotationId, "knowledge", null, CancellationToken.None);
        var taken = (await scene.TakeAsync()).Single();

        var late = await scene.SettleAsync((taken with { Attempt = 1 }).Done());

        Assert.That((taken.Attempt, late.Stale), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task Another_rotations_are_left_alone() =>
        Assert.That(
            await scene.Retry.RetryAsync(Guid.NewGuid(), null, null, CancellationToken.None),
            Is.Zero
        );

    private async Task AddAsync(PlannedTable table, string[]? tenants)
    {
        var plan = await scene.Plan.BeginTableAsync(scene.Sweep, table, 0, CancellationToken.None);
        await plan.AddAsync(
            [LedgerScene.Ranges(table, 1)[0] with { Tenants = tenants }],
            CancellationToken.None
        );
    }
}
