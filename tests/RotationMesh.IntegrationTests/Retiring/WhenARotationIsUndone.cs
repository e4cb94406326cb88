using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>Rows went from version 1 to 2 and back: 2 is out of use, and is retired as any version is.</summary>
public sealed class WhenARotationIsUndone
{
    private Fixture fixture = null!;
    private Fixture back = null!;

    [SetUp]
    public async Task Undo()
    {
        fixture = await Fixture.CreateAsync();
        back = fixture.Variant(
            ring: new KeyRing(1, new Dictionary<int, string> { [1] = TestKeys.One, [2] = TestKeys.Two })
        );
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That((await back.RotateAsync(target: 1, allowDowngrade: true)).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop()
    {
        await back.DisposeAsync();
        await fixture.DisposeAsync();
    }

    [Test]
    public async Task The_version_that_rows_left_is_retired_and_no_rotation_goes_there_again()
    {
        var retired = await back.ScanAndRetireAsync(2);

        Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
        Assert.That(
            async () => await fixture.RotateAsync(),
            Throws.InstanceOf<UsageException>().With.Message.Contains("key version 2 is retired")
        );
    }

    [Test]
    public async Task A_row_that_claims_it_still_keeps_it_in_service()
    {
        await fixture.InsertAsync([Note.Of("late", version: 2)]);

        var refused = await back.RetireAsync(2);

        Assert.That(refused.InTheWay, Has.One.Contains("1 rows claim version 2"));
    }

    [Test]
    public async Task A_row_that_needs_it_and_claims_another_keeps_it_in_service()
    {
        await fixture.InsertAsync([Note.Of("late", version: 2) with { Version = 1 }]);

        var refused = await back.RetireAsync(2);

        Assert.That(refused.InTheWay, Has.One.Contains("1 rows do not decrypt without it"));
    }

    [Test]
    public async Task A_value_of_it_where_the_map_names_none_keeps_it_in_service()
    {
        await fixture.ExecuteAsync("CREATE TABLE history AS SELECT tenant, body AS old FROM notes LIMIT 0");
        await fixture.ExecuteAsync(
            "INSERT INTO history VALUES ('acme', @body)",
            new { body = Value.Seal("left behind", "acme", 2) }
        );

        var refused = await back.ScanAndRetireAsync(2);

        Assert.That(refused.InTheWay, Has.One.Contains("history.old"));
    }

    [Test]
    public async Task A_key_that_no_rotation_met_yet_is_not_called_safe_to_retire()
    {
        var key = await fixture.KeyAsync(3);

        Assert.That(key.SafeToRetire, Is.False);
        Assert.That(key.InTheWay, Has.One.Contains("it is one to come"));
    }

    [Test]
    public async Task A_version_that_no_rotation_met_never_was() =>
        Assert.That(
            async () => await back.RetireAsync(3),
            Throws.InstanceOf<UsageException>().With.Message.Contains("there never was a key version 3")
        );
}
