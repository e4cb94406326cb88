using Npgsql;
using RotationMesh.Control.Claims;
using RotationMesh.Core.Map;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenRotationsClaimTables
{
    private static readonly TableName Entries = new("knowledge", "app", "entries");
    private static readonly TableName Connectors = new("connectors", "app", "connectors");

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

    [TestCase("0123456789abcdef/5", "0123456789abcdef/5", true)]
    [TestCase("0123456789abcdef/5", "0123456789abcdef/6", false)]
    [TestCase("0123456789abcdef/5", "fedcba9876543210/5", false)]
    [TestCase("0123456789abcdef/5", "/5", true)]
    [TestCase("/5", "fedcba9876543210/5", true)]
    [TestCase("/5", "/6", false)]
    [TestCase(null, "/5", false)]
    public async Task Other_names_of_the_same_table_conflict(string? first, string? second, bool conflicts)
    {
        await ClaimAsync(scene.RotationId, Placed("app", first, [100], [100]));

        var other = await ClaimAsync(await scene.BeginRotationAsync(), Placed("main", second, [100], [100]));

        Assert.That(other, Is.EqualTo(conflicts ? scene.RotationId : (Guid?)null));
    }

    [Test]
    public async Task A_leaf_and_its_table_conflict_either_way_and_two_leaves_do_not()
    {
        const string Place = "0123456789abcdef/5";
        var parent = Placed("app", Place, [1, 11, 12], [1, 11, 12]);
        var (leaf, other) = (Placed("leaf", Place, [11], [1, 11]), Placed("other", Place, [12], [1, 12]));
        // It was attached after the table was claimed.
        var late = Placed("late", Place, [13], [1, 13]);
        var second = await scene.BeginRotationAsync();

        await ClaimAsync(scene.RotationId, parent);
        var refused = new[] { await ClaimAsync(second, leaf), await ClaimAsync(second, late) };
        await ClaimAsync(scene.RotationId, leaf);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused, Is.All.EqualTo(scene.RotationId));
            Assert.That(await ClaimAsync(second, parent), Is.EqualTo(scene.RotationId));
            Assert.That(await ClaimAsync(second, other), Is.Null);
        }
    }

    [TestCase("tenant\n", "tenant\n", false)]
    [TestCase("tenant\n", "owner\n", true)]
    [TestCase("tenant\n", "tenant\nhome", true)]
    public async Task Tenants_are_apart_only_where_rows_tell_them_in_the_same_way(
        string first,
        string second,
        bool conflicts
    )
    {
        await scene.Locks.TryClaimAsync(
            scene.Held,
            scene.RotationId,
            [new ClaimedTable("app", "entries") { Tenancy = first }],
            ["a"],
            CancellationToken.None
        );

        var other = await scene.Locks.TryClaimAsync(
            scene.Held,
            await scene.BeginRotationAsync(),
            [new ClaimedTable("app", "entries") { Tenancy = second }],
            ["b"],
            CancellationToken.None
        );

        Assert.That(other, Is.EqualTo(conflicts ? scene.RotationId : (Guid?)null));
    }

    [Test]
    public async Task A_claim_that_is_renewed_keeps_the_database_that_it_began_with()
    {
        var place = "0123456789abcdef/5";
        await ClaimAsync(scene.RotationId, Placed("app", null, null, null));
        await RenewAsync(Placed("app", place, [100], [100]));
        await RenewAsync(Placed("app", null, null, null));
        await RenewAsync(Placed("app", "fedcba9876543210/5", [200], [200]));

        var kept = await scene.Locks.ListDatabasesAsync([scene.RotationId], CancellationToken.None);

        Assert.That(kept.Single().Identity, Is.EqualTo(place));

        async Task RenewAsync(ClaimedTable table) =>
            Assert.That(
                await scene.Locks.TryClaimAsync(
                    scene.Held,
                    scene.RotationId,
                    [table],
                    null,
                    CancellationToken.None,
                    renewing: true
                ),
                Is.Null
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
    public async Task A_claim_ends_with_its_rotation()
    {
        var second = await scene.BeginRotationAsync();
        await ClaimAsync(second, null, Entries);
        await scene.EndRotationAsync(second);

        Assert.That(await ClaimAsync(scene.RotationId, null, Entries), Is.Null);
    }

    [Test]
    public async Task Whoever_has_lost_the_guard_claims_nothing()
    {
        var place = "0123456789abcdef/5";
        await ClaimAsync(scene.RotationId, Placed("app", place, [100], [100]));
        await scene.LoseGuardAsync();

        Assert.ThrowsAsync<NpgsqlException>(() =>
            ClaimAsync(scene.RotationId, Placed("app", "fedcba9876543210/5", [200], [200]))
        );

        var kept = await scene.Locks.ListDatabasesAsync([scene.RotationId], CancellationToken.None);
        Assert.That(kept.Single().Identity, Is.EqualTo(place));
    }

    private static ClaimedTable Placed(string name, string? identity, long[]? relations, long[]? around) =>
        new(name, name)
        {
            Identity = identity,
            Relations = relations,
            Around = around,
        };

    private Task<Guid?> ClaimAsync(Guid rotation, ClaimedTable table) =>
        scene.Locks.TryClaimAsync(scene.Held, rotation, [table], null, CancellationToken.None);

    private Task<Guid?> ClaimAsync(Guid rotation, string? tenants, params TableName[] tables) =>
        scene.Locks.TryClaimAsync(
            scene.Held,
            rotation,
            [.. tables.Select(table => new ClaimedTable(table.Database, table.Table))],
            tenants?.Split(','),
            CancellationToken.None
        );
}
