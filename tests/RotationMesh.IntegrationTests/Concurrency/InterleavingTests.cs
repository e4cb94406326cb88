using CsCheck;
using RotationMesh.IntegrationTests.Support;

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
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();

        await Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12])
            .SampleAsync((seed, batchSize) => RunAsync(fixture, seed, batchSize), iter: 40, threads: 1);
    }

    private static async Task RunAsync(Fixture fixture, int seed, int batchSize)
    {
        await fixture.ExecuteAsync("TRUNCATE notes");
        var opening = Note.Many(Rows).ToList();
        await fixture.InsertAsync(opening);
        using var application = new Interloper(fixture, seed, opening);

        // Progress is told between the read of one batch and the write of the next.
        var pass = await fixture.PassAsync(batchSize, _ => application.Act());
        Assert.That(pass.Failures, Is.Empty);
        Assert.That(await PlaintextsAsync(fixture), Is.EquivalentTo(application.Last));

        var closing = await fixture.RotateAsync();
        Assert.That(closing.State, Is.EqualTo("Completed"));
        Assert.That(await PlaintextsAsync(fixture), Is.EquivalentTo(application.Last));
        Assert.That((await fixture.NotesAsync()).Select(note => note.Version), Is.All.EqualTo(2));
    }

    private static async Task<IReadOnlyDictionary<string, string>> PlaintextsAsync(Fixture fixture) =>
        (await fixture.NotesAsync()).ToDictionary(
            note => note.Id,
            note => Value.Open(note.Body!, note.Tenant!, note.Version!.Value)
        );
}
