using CsCheck;
using RotationMesh.IntegrationTests.Stages;
using RotationMesh.Postgres.Target.Planning;
using RotationMesh.Postgres.Target.Rows;

namespace RotationMesh.IntegrationTests.Concurrency;

public sealed class InterleavingTests
{
    private const int Rows = 30;

    /// <summary>
    /// The application acts after each batch has been read and before it is written. Whatever it does, its last write
    /// of each row stands, every row decrypts under the version it names, and a closing rotation leaves none behind.
    /// </summary>
    [Test]
    public async Task Whatever_the_application_does_between_read_and_write_stands()
    {
        await using var stage = await Stage.CreateAsync();
        await stage.CreateNotesAsync();

        await Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12])
            .SampleAsync((seed, batchSize) => RunAsync(stage, seed, batchSize), iter: 40, threads: 1);
    }

    private static async Task RunAsync(Stage stage, int seed, int batchSize)
    {
        await stage.ExecuteAsync("TRUNCATE notes");
        var opening = Note.Many(Rows).ToList();
        await stage.InsertAsync(opening);
        using var application = new Interloper(stage, seed, opening);

        await RotateAsync(stage, batchSize, application);
        Assert.That(await PlaintextsAsync(stage), Is.EquivalentTo(application.Last));

        var closing = await stage.RotateAsync();
        Assert.That(closing.State, Is.EqualTo("Completed"));
        Assert.That(await PlaintextsAsync(stage), Is.EquivalentTo(application.Last));
        Assert.That((await stage.NotesAsync()).Select(note => note.Version), Is.All.EqualTo(2));
    }

    // Progress is told between the read of one batch and the write of the next.
    private static async Task RotateAsync(Stage stage, int batchSize, Interloper application)
    {
        var target = (await stage.TargetsAsync()).Single();
        using var rotator = new PartitionRotator(
            stage.Databases,
            stage.Ring,
            new RotationSettings(new RotationTarget(2, false), batchSize, false),
            _ => application.Act()
        );
        var ranges = new PartitionPlanner(stage.Databases).PlanAsync(
            target,
            Rows,
            null,
            CancellationToken.None
        );
        await foreach (var range in ranges)
            Assert.That((await rotator.RotateAsync(target, range, default)).Failures, Is.Empty);
    }

    private static async Task<IReadOnlyDictionary<string, string>> PlaintextsAsync(Stage stage) =>
        (await stage.NotesAsync()).ToDictionary(
            note => note.Id,
            note => Value.Open(note.Body!, note.Tenant!, note.Version!.Value)
        );
}
