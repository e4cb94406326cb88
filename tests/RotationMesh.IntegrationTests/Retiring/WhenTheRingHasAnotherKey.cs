using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>What a key ring calls a version is held against the keys that rotations met under it.</summary>
public sealed class WhenTheRingHasAnotherKey
{
    private const string Warning = "the key ring's version 1 is not the key that rotations met";

    private const string Column = "CREATE TABLE history (tenant text, old_token text)";

    private Fixture fixture = null!;

    [SetUp]
    public async Task Rotate()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task Values_that_only_the_real_one_may_open_keep_the_version_in_service()
    {
        await KeepOldTokenAsync();
        await using var mistyped = fixture.Variant(ring: TestKeys.RingWithWrong(1));

        var listed = await mistyped.KeyAsync();
        var refused = await mistyped.ScanAndRetireAsync();
        await fixture.ExecuteAsync("TRUNCATE history");
        var retired = await mistyped.ScanAndRetireAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed.RingDoubts, Has.Some.Contains(Warning));
            Assert.That(refused.Retired, Is.False);
            Assert.That(
                refused.InTheWay.Single(),
                Does.Contain("history.old_token")
                    .And.Contain(Warning)
                    .And.Contain(Fingerprint(fixture.Ring, 1))
            );
            Assert.That(retired.Retired, Is.True, string.Join("; ", retired.InTheWay));
            Assert.That(retired.Fingerprint, Is.Not.EqualTo(Fingerprint(mistyped.Ring, 1)));
        }
    }

    [Test]
    public async Task Values_at_external_rows_that_only_the_real_one_may_open_keep_the_version_in_service()
    {
        await using var mistyped = fixture.Variant(
            [Entries.Notes with { External = "title = 'external'" }],
            TestKeys.RingWithWrong(1)
        );
        await fixture.InsertAsync([Note.Of("left", version: 1) with { Version = 2 }]);
        await fixture.ExecuteAsync("UPDATE notes SET title = 'external' WHERE id = 'left'");

        var refused = await mistyped.RetireWithoutAsync("app.public.notes.body");

        Assert.That(refused.Retired, Is.False);
        Assert.That(refused.InTheWay.Single(), Does.Contain(Warning));
    }

    [Test]
    public async Task A_key_that_the_ring_has_under_another_version_keeps_the_version_in_service()
    {
        await using var later = fixture.Variant(
            ring: new KeyRing(3, new Dictionary<int, string> { [2] = TestKeys.Two, [3] = TestKeys.One })
        );
        Assert.That((await later.RotateAsync(target: 3)).State, Is.EqualTo("Completed"));

        var refused = await later.RetireAsync();

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("met as version 1")
                .And.Contain("is version 3 of the key ring")
                .And.Contain(Fingerprint(later.Ring, 3))
        );
    }

    [Test]
    public async Task A_target_of_an_earlier_release_is_known_by_its_rotation()
    {
        await KeepOldTokenAsync(version: 2);
        Assert.That((await fixture.RotateAsync(target: 3)).State, Is.EqualTo("Completed"));
        await fixture.ExecuteAsync("TRUNCATE rotationmesh.met_keys");
        var keys = new Dictionary<int, string> { [2] = TestKeys.Wrong, [3] = TestKeys.Three };
        await using var mistyped = fixture.Variant(ring: new KeyRing(3, keys));

        var refused = await mistyped.ScanAndRetireAsync(2);

        Assert.That(refused.Retired, Is.False);
        Assert.That(
            refused.InTheWay.Single(),
            Does.Contain("the key ring's version 2 is not the key that rotations met")
        );
    }

    [Test]
    public async Task A_version_of_which_nothing_was_recorded_is_retired_as_ever()
    {
        await KeepOldTokenAsync();
        await fixture.ExecuteAsync("TRUNCATE rotationmesh.met_keys");
        await using var mistyped = fixture.Variant(ring: TestKeys.RingWithWrong(1));

        var retired = await mistyped.ScanAndRetireAsync();

        Assert.That(retired.Retired, Is.True);
        Assert.That(retired.Warnings, Has.Some.Contains("history.old_token"));
    }

    [Test]
    public async Task Doctor_calls_it_bad_and_names_both()
    {
        await using var mistyped = fixture.Variant(ring: TestKeys.RingWithWrong(1));

        var bad = (await ChecksAsync(mistyped)).Single(check => check.Message.Contains(Warning));
        var good = await ChecksAsync(fixture);

        Assert.That((bad.Verdict, bad.Subject), Is.EqualTo((Verdict.Bad, "key 1")));
        Assert.That(
            bad.Message,
            Does.Contain(Fingerprint(mistyped.Ring, 1)).And.Contain(Fingerprint(fixture.Ring, 1))
        );
        Assert.That(good, Has.None.Matches<Finding>(check => check.Message.Contains("that rotations met")));
    }

    private static async Task<IReadOnlyList<Finding>> ChecksAsync(Fixture of) =>
        (await of.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;

    private async Task KeepOldTokenAsync(int version = 1)
    {
        await fixture.ExecuteAsync(Column);
        await fixture.ExecuteAsync(
            "INSERT INTO history VALUES ('acme', @token)",
            new { token = Value.Seal("an old token", "acme", version) }
        );
    }

    private static string Fingerprint(KeyRing ring, int version) =>
        ring.Keys.Single(key => key.Version == version).Fingerprint;
}
