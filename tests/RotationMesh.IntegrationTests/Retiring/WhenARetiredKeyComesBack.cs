using RotationMesh.Core;
using RotationMesh.Core.Keys;
using RotationMesh.IntegrationTests.Support;
using RotationMesh.Operations.Documents;

namespace RotationMesh.IntegrationTests.Retiring;

/// <summary>A key that was retired is to be destroyed, whatever version a later key ring calls it.</summary>
public sealed class WhenARetiredKeyComesBack
{
    private const string Told = "was retired as version 1";

    private Stage stage = null!;

    [SetUp]
    public async Task RetireVersionOne()
    {
        stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();
        await stage.InsertAsync(Note.Many(20));
        Assert.That((await stage.RotateAsync()).State, Is.EqualTo("Completed"));
        Assert.That((await stage.RetireAsync()).Retired, Is.True);
    }

    [TearDown]
    public async Task Drop() => await stage.DisposeAsync();

    [Test]
    public async Task A_rotation_to_it_is_refused_and_writes_nothing([Values] bool dryRun)
    {
        await using var later = stage.Variant(ring: AsThree());

        Assert.That(
            async () => await later.RotateAsync(target: 3, dryRun: dryRun),
            Throws
                .InstanceOf<UsageException>()
                .With.Message.Contains("key version 3")
                .And.Message.Contains(Told)
        );
        await stage.AssertRotatedAsync();
    }

    [Test]
    public async Task A_rotation_to_it_is_refused_where_the_table_of_retired_versions_names_another_key()
    {
        await stage.ExecuteAsync("UPDATE rotationmesh.retired_keys SET fingerprint = repeat('0', 16)");
        await using var later = stage.Variant(ring: AsThree());

        Assert.That(
            async () => await later.RotateAsync(target: 3),
            Throws.InstanceOf<UsageException>().With.Message.Contains(Told)
        );
    }

    [Test]
    public async Task Keys_and_doctor_say_so_of_the_current_key()
    {
        await using var later = stage.Variant(ring: AsThree());

        Assert.That((await later.KeyAsync(3)).RingDoubts, Has.Some.Contains(Told));
        Assert.That((await DoctorAsync(later)).Verdict, Is.EqualTo(Verdict.Bad));
    }

    [Test]
    public async Task Keys_and_doctor_say_so_of_another_key_of_the_ring()
    {
        await using var later = stage.Variant(
            ring: new KeyRing(
                4,
                new Dictionary<int, string>
                {
                    [2] = StageKeys.Two,
                    [3] = StageKeys.One,
                    [4] = StageKeys.Three,
                }
            )
        );

        Assert.That((await later.KeyAsync(3)).RingDoubts, Has.Some.Contains(Told));
        Assert.That((await DoctorAsync(later)).Verdict, Is.EqualTo(Verdict.Warning));
    }

    [Test]
    public async Task Nothing_is_said_of_a_ring_that_still_has_it_as_the_version_that_is_retired()
    {
        Assert.That((await stage.KeyAsync(1)).RingDoubts, Is.Empty);
        Assert.That((await stage.KeyAsync(2)).RingDoubts, Is.Empty);
        Assert.That((await ChecksAsync(stage)).Where(check => check.Message.Contains(Told)), Is.Empty);
    }

    private static KeyRing AsThree() =>
        new(3, new Dictionary<int, string> { [2] = StageKeys.Two, [3] = StageKeys.One });

    private static async Task<IReadOnlyList<Finding>> ChecksAsync(Stage of) =>
        (await of.Inspections().ExamineAsync(scan: false, CancellationToken.None)).Checks;

    private static async Task<Finding> DoctorAsync(Stage of) =>
        (await ChecksAsync(of)).Single(check => check.Message.Contains(Told));
}
