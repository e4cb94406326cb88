using System.Data;
using System.Text.Json.Nodes;
using RotationMesh.Control.Audit;

namespace RotationMesh.IntegrationTests.Audit;

public sealed class WhenEventsAreAppended
{
    private AuditScene scene = null!;

    [SetUp]
    public async Task Create() => scene = await AuditScene.CreateAsync();

    [TearDown]
    public async Task Remove() => await scene.DisposeAsync();

    [Test]
    public async Task They_are_read_as_they_were_written()
    {
        var rotation = Guid.NewGuid();
        var entry = AuditEntry.Of(
            AuditKind.GateChecked,
            rotation,
            "Zoë O'Neill\nadmin",
            new
            {
                Text = "Grüße \"quoted\" \\ \u0001 \u2028 <b> \U0001F511",
                Holds = false,
                Nothing = (string?)null,
            }
        );

        var appended = await scene.Log.AppendAsync(scene.Control, entry);

        var read = (await scene.EventsAsync()).Single();
        Assert.Multiple(() =>
        {
            Assert.That(
                read with
                {
                    PreviousHash = [],
                    Hash = [],
                    Mac = null,
                },
                Is.EqualTo(appended with { PreviousHash = [], Hash = [], Mac = null })
            );
            Assert.That(read.PreviousHash, Is.EqualTo(new byte[32]));
            Assert.That(read.Hash, Is.EqualTo(AuditHash.Of(read)));
            Assert.That(read.Mac, Is.EqualTo(appended.Mac));
            Assert.That(
                (string)JsonNode.Parse(read.Details)!["text"]!,
                Does.StartWith("Grüße \"quoted\" \\ \u0001")
            );
            Assert.That(read.Details, Does.Not.Contain("nothing"));
        });
    }

    [Test]
    public async Task Each_follows_the_one_before()
    {
        await scene.AppendAsync();
        await scene.AppendManyAsync(3);
        await scene.AppendAsync();

        var events = await scene.EventsAsync();

        Assert.That(events.Select(read => read.Sequence), Is.EqualTo(new long[] { 1, 2, 3, 4, 5 }));
        Assert.That(
            events.Skip(1).Select(read => read.PreviousHash),
            Is.EqualTo(events.SkipLast(1).Select(read => read.Hash))
        );
        Assert.That(events.Select(read => read.RecordedAt), Is.Ordered);
        Assert.That((await scene.VerifyAsync()).IsSound);
    }

    [TestCase(10, new long[] { 1, 2, 3, 5, 6, 7, 8, 9 })]
    [TestCase(8, new long[] { 1, 2, 3, 5, 6, 7, 8, 9 })]
    [TestCase(5, new long[] { 1, 6, 7, 8, 9 })]
    public async Task Of_many_of_a_rotation_the_first_and_the_newest_are_read(int limit, long[] expected)
    {
        var rotation = Guid.NewGuid();
        for (var number = 1; number <= 9; number++)
            await scene.AppendAsync($"number {number}", number == 4 ? Guid.NewGuid() : rotation);

        var read = await scene.Reader.ReadRotationAsync(rotation, limit, CancellationToken.None);

        Assert.That(read.Select(one => one.Sequence), Is.EqualTo(expected));
    }

    [Test]
    public async Task One_in_a_transaction_that_is_rolled_back_was_never_there()
    {
        await scene.AppendAsync("before");
        await using (var connection = await scene.Control.Source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await scene.Log.AppendAsync(transaction, AuditScene.Entry("undone"), CancellationToken.None);
            await transaction.RollbackAsync();
        }

        await scene.AppendAsync("after");

        var events = await scene.EventsAsync();
        Assert.That(events.Select(read => read.Sequence), Is.EqualTo(new long[] { 1, 2 }));
        Assert.That(events.Select(read => read.Details), Has.None.Contains("undone"));
        Assert.That((await scene.VerifyAsync()).IsSound);
    }

    [Test]
    public async Task A_transaction_that_would_not_see_the_newest_event_is_refused()
    {
        await using var connection = await scene.Control.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);

        Assert.ThrowsAsync<ArgumentException>(() =>
            scene.Log.AppendAsync(transaction, AuditScene.Entry(), CancellationToken.None)
        );
    }

    [Test]
    public async Task Eight_writers_at_once_keep_one_chain()
    {
        const int Writers = 8;
        const int Each = 60;

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));

        var events = await scene.EventsAsync();
        Assert.That(events, Has.Count.EqualTo(Writers * Each));
        Assert.That(events.Select(read => read.Details).Distinct().Count(), Is.EqualTo(Writers * Each));
        var verdict = await scene.VerifyAsync();
        Assert.That(verdict.IsSound, Is.True, string.Join("; ", verdict.Faults));

        async Task WriteAsync(int writer)
        {
            for (var number = 0; number < Each; number++)
            {
                if (number % 3 > 0)
                {
                    await scene.AppendAsync($"{writer}/{number}");
                    continue;
                }

                await using var connection = await scene.Control.Source.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                await scene.Log.AppendAsync(
                    transaction,
                    AuditScene.Entry($"{writer}/{number}"),
                    CancellationToken.None
                );
                if (number % 2 == 0)
                {
                    await transaction.RollbackAsync();
                    await scene.AppendAsync($"{writer}/{number}");
                }
                else
                {
                    await transaction.CommitAsync();
                }
            }
        }
    }

    [Test]
    public async Task A_name_that_is_empty_or_too_long_does_not_cost_the_event()
    {
        foreach (var actor in (string[])["", new string('h', 999), "\0"])
            await scene.Log.AppendAsync(
                scene.Control,
                AuditEntry.Of(AuditKind.KeyRetired, null, actor, new { Version = 1 })
            );

        var actors = (await scene.EventsAsync()).Select(read => read.Actor);
        Assert.That(actors, Is.EqualTo(new[] { "unknown", new string('h', 200), "?" }));
    }

    [Test]
    public async Task They_are_exported_as_one_line_each()
    {
        await scene.AppendAsync("two\nlines and \u2028 a \"quote\"", Guid.NewGuid());
        var read = (await scene.EventsAsync()).Single();

        var line = AuditLine.Of(read);

        var json = JsonNode.Parse(line)!;
        Assert.Multiple(() =>
        {
            Assert.That(line, Does.Not.Contain('\n').And.Contains($"\"details\":{read.Details},"));
            Assert.That((long)json["sequence"]!, Is.EqualTo(1));
            Assert.That((string)json["recordedAt"]!, Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"));
            Assert.That((Guid)json["rotationId"]!, Is.EqualTo(read.RotationId));
            Assert.That((string)json["hash"]!, Is.EqualTo(Convert.ToHexStringLower(read.Hash)));
            Assert.That((string)json["details"]!["reason"]!, Does.StartWith("two\nlines"));
        });
    }
}
