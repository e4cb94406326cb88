using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A key that was retired is to be destroyed, whatever version a later key ring calls it.</summary>
public sealed class WhenARetiredKeyComesBack
{
    private const string Warning = "was retired as version 1";

    private Fixture fixture = null!;

    [SetUp]
    public async Task RetireVersionOne()
    {
        fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        await fixture.InsertAsync(Note.Many(20));
        Assert.That((await fixture.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That((await fixture.RetireAsync()).Retired, Is.True);
    }

    [TearDown]
    public async Task Drop() => await fixture.DisposeAsync();

    [Test]
    public async Task A_rotation_to_it_is_refused_and_writes_nothing([Values] bool dryRun)
    {
        await using var later = fixture.Variant(ring: AsThree());

        Assert.That(
            async () => await later.RotateAsync(target: 3, dryRun: dryRun),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains("key version 3")
                .And.Message.Contains(Warning)
        );
        await fixture.AssertRotatedAsync();
    }

    [Test]
    public async Task A_rotation_to_it_is_refused_where_the_table_of_retired_versions_names_another_key()
    {
        await fixture.ExecuteAsync("UPDATE rotationmesh.retired_keys SET fingerprint = repeat('0', 16)");
        await using var later = fixture.Variant(ring: AsThree());

        Assert.That(
            async () => await later.RotateAsync(target: 3),
            Throws.InstanceOf<UsageException>().With.Message.Contains(Warning)
        );
    }

    [Test]
    public async Task Keys_and_doctor_say_so_of_the_current_key()
    {
        await using var later = fixture.Variant(ring: AsThree());

        Assert.That((await later.KeyAsync(3)).RingDoubts, Has.Some.Contains(Warning));
        Assert.That((await DoctorAsync(later)).Verdict, Is.EqualTo(Verdict.Bad));
    }

    [Test]
    public async Task Keys_and_doctor_say_so_of_another_key_of_the_ring()
    {
        await using var later = fixture.Variant(
            ring: new KeyRing(
                4,
                new Dictionary<int, string>
                {
                    [2] = TestKeys.Two,
                    [3] = TestKeys.One,
                    [4] = TestKeys.Three,
                }
            )
        );

        Assert.That((await later.KeyAsync(3)).RingDoubts, Has.Some.Contains(Warning));
        Assert.That((await DoctorAsync(later)).Verdict, Is.EqualTo(Verdict.Warning));
    }

    [Test]
    public async Task Nothing_is_said_of_a_ring_that_still_has_it_as_the_version_that_is_retired()
    {
        Assert.That((await fixture.KeyAsync(1)).RingDoubts, Is.Empty);
        Assert.That((await fixture.KeyAsync(2)).RingDoubts, Is.Empty);
        Assert.That((await ChecksAsync(fixture)).Where(check => check.Message.Contains(Warning)), Is.Empty);
    }

    private static KeyRing AsThree() =>
        new(3, new Dictionary<int, string> { [2] = TestKeys.Two, [3] = TestKeys.One });

    private static async Task<IReadOnlyList<Finding>> ChecksAsync(Fixture of) =>
        (await of.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;

    private static async Task<Finding> DoctorAsync(Fixture of) =>
        (await ChecksAsync(of)).Single(check => check.Message.Contains(Warning));
}
