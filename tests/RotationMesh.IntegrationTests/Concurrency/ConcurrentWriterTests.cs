using RotationMesh.IntegrationTests.Support;

namespace RotationMesh.IntegrationTests.Concurrency;

public sealed class ConcurrentWriterTests
{
    private const int Rounds = 6;
    private const int Writers = 4;

    /// <summary>
    /// Writers change, insert and delete rows, at the old version and at the new one, while rotations run one after the
    /// other. Whatever the interleaving: each row ends with its writer's last plaintext, under the version it names.
    /// </summary>
    [TestCase(11, 7)]
    [TestCase(12, 1)]
    [TestCase(13, 1000)]
    public async Task No_write_of_the_application_is_lost_and_no_row_is_left_behind(int seed, int batchSize)
    {
        await using var fixture = await Fixture.CreateAsync();
        await fixture.CreateNotesAsync();
        var writers = Enumerable
            .Range(0, Writers)
            .Select(i => new Writer(fixture, i, seed * 100 + i))
            .ToList();
        await fixture.InsertAsync(writers.SelectMany(writer => writer.Opening()));
        await fixture.InsertAsync(Note.Many(200));
        using var stop = new CancellationTokenSource();
        var random = new Random(seed);
        var running = writers
            .Select(writer =>
                Task.Run(() => writer.RunAsync(() => OldOrNew(random), stop.Token), CancellationToken.None)
            )
            .ToList();

        var conflicts = 0L;
        for (var round = 0; round < Rounds; round++)
            conflicts += (await fixture.RotateAsync(batchSize: batchSize)).Tables.Single().Conflicts;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        var closing = await fixture.RotateAsync(batchSize: batchSize);

        Assert.That(closing.State, Is.EqualTo("Completed"));
        await AssertAsWrittenAsync(fixture, writers);
        TestContext.Out.WriteLine(
            $"{writers.Sum(writer => writer.Committed)} transactions, {conflicts} conflicts"
        );
    }

    private static int OldOrNew(Random random)
    {
        lock (random)
            return random.Next(1, 3);
    }

    private static async Task AssertAsWrittenAsync(Fixture fixture, IEnumerable<Writer> writers)
    {
        var expected = writers
            .SelectMany(writer => writer.Last)
            .Where(row => row.Value is not null)
            .ToDictionary(row => row.Key, row => row.Value!);
        foreach (var note in Note.Many(200))
            expected[note.Id] = $"body of {note.Id}";

        var notes = await fixture.NotesAsync();

        Assert.That(notes.Select(note => note.Version), Is.All.EqualTo(2), "none is left behind");
        Assert.That(
            notes.ToDictionary(
                note => note.Id,
                note => Value.Open(note.Body!, note.Tenant!, note.Version!.Value)
            ),
            Is.EquivalentTo(expected)
        );
    }
}
