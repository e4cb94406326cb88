using NUnit.Framework;
using RotationMesh.Postgres.Control.Ledger;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenRotationsClaimTables
{
    private static readonly PlannedTable Entries = new("knowledge", "app", "entries");
    private static readonly PlannedTable Connectors = new("connectors", "app", "connectors");

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    [TestCase("a,b", "b,c", true)]
    [TestCase("a,b", "c", false)]
    [TestCase(null, "a", true)]
    [TestCase("a", null, true)]
    [TestCase(null, null, true)]
    public async Task The_same_table_conflicts_where_tenants_overlap(
        string? first,
        string? second,
        bool conflicts
    )
    {
        await ClaimAsync(scene.RotationId, first, Connectors, Entries);

        var other = await ClaimAsync(await scene.BeginRotationAsync(), second, Entries);

        Assert.That(other, Is.EqualTo(conflicts ? scene.RotationId : (Guid?)null));
    }

    [Test]
    public async Task Other_tables_and_other_databases_do_not_conflict()
    {
        await ClaimAsync(scene.RotationId, null, Entries);

        Assert.That(
            await ClaimAsync(
                await scene.BeginRotationAsync(),
                null,
                Connectors,
                Entries with
                {
                    Database = "two",
                }
            ),
            Is.Null
        );
    }

    [Test]
    public async Task The_same_table_in_another_scope_conflicts()
    {
        await ClaimAsync(scene.RotationId, null, Entries);

        Assert.That(
            await ClaimAsync(await scene.BeginRotationAsync(), null, Entries with { Scope = "other" }),
            Is.EqualTo(scene.RotationId)
        );
    }

    [Test]
    public async Task Of_many_that_claim_at_once_one_gets_it_and_the_others_hear_which()
    {
        var rotations = new List<Guid>();
        for (var number = 0; number < 12; number++)
            rotations.Add(await scene.BeginRotationAsync());

        var answers = await Task.WhenAll(rotations.Select(rotation => ClaimAsync(rotation, null, Entries)));

        var winner = rotations[Array.IndexOf(answers, null)];
        Assert.That(answers.Count(answer => answer is null), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer is not null), Is.All.EqualTo(winner));
    }

    [Test]
    public async Task A_refused_claim_leaves_nothing_behind()
    {
        await ClaimAsync(scene.RotationId, null, Entries);
        await ClaimAsync(await scene.BeginRotationAsync(), null, Connectors, Entries);

        Assert.That(await ClaimAsync(await scene.BeginRotationAsync(), null, Connectors), Is.Null);
    }

    [Test]
    public async Task A_rotation_that_claims_again_keeps_its_claim()
    {
        await ClaimAsync(scene.RotationId, "a", Entries);

        Assert.That(await ClaimAsync(scene.RotationId, "a,b", Entries), Is.Null);
        Assert.That(
            await ClaimAsync(await scene.BeginRotationAsync(), "b", Entries),
            Is.EqualTo(scene.RotationId)
        );
    }

    [Test]
    public async Task A_claim_ends_when_it_is_released_or_its_rotation_has_ended()
    {
        var second = await scene.BeginRotationAsync();
        await ClaimAsync(scene.RotationId, null, Entries);
        await scene.Locks.ReleaseAsync(scene.RotationId, CancellationToken.None);
        Assert.That(await ClaimAsync(second, null, Entries), Is.Null);
        await scene.EndRotationAsync(second);

        Assert.That(await ClaimAsync(scene.RotationId, null, Entries), Is.Null);
    }

    private Task<Guid?> ClaimAsync(Guid rotation, string? tenants, params PlannedTable[] tables) =>
        scene.Locks.TryClaimAsync(
            rotation,
            [.. tables.Select(table => new ClaimedTable(table.Database, table.Table))],
            tenants?.Split(','),
            CancellationToken.None
        );
}
