using RotationMesh.Control.Claims;

namespace RotationMesh.IntegrationTests.Ledger;

/// <summary>A rotation keeps the leaves that it ever claimed, though they leave their table while it runs.</summary>
public sealed class WhenPartsAreClaimed
{
    private const string Place = "0123456789abcdef/5";

    private LedgerScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await LedgerScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task No_other_rotation_gets_one_that_left()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12));
        await ClaimAsync(scene.RotationId, Events(11), renewing: true);
        await RecordAsync(Events(11));

        var other = await ClaimAsync(
            await scene.BeginRotationAsync(),
            new ClaimedTable("app", "public.e12")
            {
                Identity = Place,
                Relations = [12],
                Around = [12],
            }
        );

        Assert.That(other, Is.EqualTo(scene.RotationId));
    }

    [Test]
    public async Task Each_is_known_to_the_end_and_after_a_retry()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12));
        await ClaimAsync(scene.RotationId, Events(11, 13), renewing: true);
        await RecordAsync(Events(11, 14));
        var ended = await ListAsync();
        await ClaimAsync(scene.RotationId, Events(11));

        Assert.That(ended, Is.EquivalentTo(new[] { 1, 11, 12, 13, 14 }));
        Assert.That(await ListAsync(), Is.EquivalentTo(ended));
    }

    [Test]
    public async Task A_retry_knows_them_although_another_rotation_recorded_the_same_since()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12), renewing: true, tenants: ["acme"]);
        var other = await scene.BeginRotationAsync();
        await ClaimAsync(other, Events(11, 12), renewing: true, tenants: ["bravo"]);

        await ClaimAsync(scene.RotationId, Events(11), tenants: ["acme"]);

        Assert.That(await ListAsync(), Does.Contain(12L));
    }

    [Test]
    public async Task A_retry_knows_them_although_a_map_named_one_by_itself_before()
    {
        var alone = new ClaimedTable("app", "public.e12")
        {
            Identity = Place,
            Relation = 12,
            Relations = [12],
            Around = [12],
            Parts = new Dictionary<long, string> { [12] = "" },
        };
        var earlier = await scene.BeginRotationAsync();
        await ClaimAsync(earlier, alone, renewing: true, tenants: ["acme"]);
        await ClaimAsync(scene.RotationId, Events(11, 12), renewing: true, tenants: ["bravo"]);

        await ClaimAsync(scene.RotationId, Events(11), tenants: ["bravo"]);

        Assert.That(await ListAsync(), Does.Contain(12L));
    }

    [Test]
    public async Task A_retry_knows_them_although_their_database_is_silent_until_its_end()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12), renewing: true);
        await ClaimAsync(scene.RotationId, new ClaimedTable("app", "events"));
        await ClaimAsync(scene.RotationId, new ClaimedTable("app", "events"), renewing: true);
        var silent = await ListAsync();

        await RecordAsync(Events(11));

        Assert.That(silent, Is.Empty);
        Assert.That(await ListAsync(), Does.Contain(12L));
    }

    [Test]
    public async Task A_retry_knows_them_although_their_server_tells_itself_only_now()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12) with { Identity = "/5" }, renewing: true);

        await ClaimAsync(scene.RotationId, Events(11));

        Assert.That(await ListAsync(), Does.Contain(12L));
    }

    [Test]
    public async Task Of_a_rotation_of_an_earlier_schema_a_retry_knows_those_that_were_recorded_last()
    {
        await ClaimAsync(scene.RotationId, Events(11, 12), renewing: true);
        await scene.ExecuteAsync(
            """
            DROP TABLE rotationmesh.rotation_parts;
            ALTER TABLE rotationmesh.claims DROP COLUMN columns;
            DELETE FROM rotationmesh.schema_versions WHERE scriptname LIKE '%.0036\_%' OR scriptname LIKE '%.0040\_%'
            """
        );
        await scene.Control.MigrateAsync(CancellationToken.None);

        await ClaimAsync(scene.RotationId, Events(11));

        Assert.That(await ListAsync(), Does.Contain(12L));
    }

    [Test]
    public async Task Oids_of_another_database_are_none_of_them()
    {
        await ClaimAsync(scene.RotationId, Events(11));
        await ClaimAsync(
            scene.RotationId,
            Events(12) with
            {
                Identity = "fedcba9876543210/5",
            },
            renewing: true
        );
        await ClaimAsync(scene.RotationId, Events(13) with { Identity = "/5" }, renewing: true);

        Assert.That(await ListAsync(), Is.EquivalentTo(new[] { 1, 11, 13 }));
    }

    [Test]
    public async Task A_table_that_was_replaced_is_known_as_such_also_after_a_retry()
    {
        await ClaimAsync(scene.RotationId, Events(11), renewing: true);
        await ClaimAsync(scene.RotationId, Other(2), renewing: true);
        await ClaimAsync(scene.RotationId, Other(3));

        var parts = await new ClaimedParts(scene.Control).ListAsync(scene.RotationId, CancellationToken.None);

        Assert.That(
            parts.Where(part => part.IsWhole).Select(part => part.Relation),
            Is.EquivalentTo(new[] { 1, 2, 3 })
        );

        static ClaimedTable Other(long oid) =>
            Events() with
            {
                Relation = oid,
                Relations = [oid],
                Around = [oid],
                Parts = new Dictionary<long, string> { [oid] = "" },
            };
    }

    [Test]
    public async Task They_are_recorded_for_the_retirement_of_keys_once_the_rotation_is_planned()
    {
        await ClaimAsync(scene.RotationId, Events(11));
        var before = await new RotatedTables(scene.Control).ListAsync(CancellationToken.None);
        await ClaimAsync(scene.RotationId, Events(12), renewing: true);
        var after = await new RotatedTables(scene.Control).ListAsync(CancellationToken.None);

        Assert.That(before, Is.Empty);
        Assert.That(
            after.Select(table => (table.Relation, table.Table, table.PartOf)),
            Is.EquivalentTo(
                new[] { (1L, "events", ""), (11L, "public.e11", "events"), (12L, "public.e12", "events") }
            )
        );
    }

    [Test]
    public async Task One_that_two_tables_had_is_recorded_once()
    {
        var other = Events(11) with { TableName = "others", Relation = 2, Relations = [2, 11] };
        await ClaimAsync(scene.RotationId, Events(11), renewing: true);
        await scene.Locks.TryClaimAsync(
            scene.Held,
            scene.RotationId,
            [Events(), other],
            null,
            CancellationToken.None,
            renewing: true
        );

        var recorded = await new RotatedTables(scene.Control).ListAsync(CancellationToken.None);

        Assert.That(recorded.Count(table => table.Relation == 11), Is.EqualTo(1));
    }

    private static ClaimedTable Events(params long[] leaves) =>
        new("app", "events")
        {
            Identity = Place,
            Relation = 1,
            Relations = [1, .. leaves],
            Around = [1, .. leaves],
            Parts = leaves.Prepend(1).ToDictionary(oid => oid, oid => oid == 1 ? "" : $"public.e{oid}"),
            Columns = [],
        };

    private Task<Guid?> ClaimAsync(
        Guid rotation,
        ClaimedTable table,
        bool renewing = false,
        string[]? tenants = null
    ) => scene.Locks.TryClaimAsync(scene.Held, rotation, [table], tenants, CancellationToken.None, renewing);

    private Task RecordAsync(ClaimedTable table) =>
        scene.Locks.RecordAsync(scene.Held, scene.RotationId, [table], CancellationToken.None);

    private async Task<IReadOnlyList<long>> ListAsync() =>
        [
            .. (
                await new ClaimedParts(scene.Control).ListAsync(scene.RotationId, CancellationToken.None)
            ).Select(part => part.Relation),
        ];
}
