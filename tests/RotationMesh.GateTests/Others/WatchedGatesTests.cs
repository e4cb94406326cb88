using RotationMesh.Core.Gates;
using RotationMesh.Core.Map.Gates;
using RotationMesh.Gates;

namespace RotationMesh.GateTests.Others;

/// <summary>Gates that are watched together, one of which takes its time.</summary>
public sealed class WatchedGatesTests
{
    private TwoGates two = null!;
    private GateSet gates = null!;
    private WatchedGates watched = null!;

    [SetUp]
    public void Make()
    {
        two = new TwoGates();
        gates = GateSet.Of(
            Maps.With(
                "workers: [{ command: { run: /bin/false } }, { http: { url: \"http://127.0.0.1:9/\" } }]"
            ),
            [two],
            TimeProvider.System
        );
        watched = new WatchedGates(gates, TimeProvider.System) { Longest = TimeSpan.FromMilliseconds(50) };
    }

    [TearDown]
    public async Task Drop() => await gates.DisposeAsync();

    [Test]
    public async Task The_loss_of_another_is_told_before_it_answers_and_it_is_asked_once()
    {
        var first = await watched.LookAsync(CancellationToken.None);
        var second = await watched.LookAsync(CancellationToken.None);
        two.Answer();
        var third = await watched.LookAsync(CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Verdicts.Select(verdict => verdict.Gate), Is.EqualTo(["command"]));
            Assert.That((first.IsWhole, second.IsWhole, third.IsWhole), Is.EqualTo((false, false, true)));
            Assert.That(third.Verdicts, Has.Count.EqualTo(2));
            Assert.That(two.Asked, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task What_was_forgotten_is_asked_anew()
    {
        await watched.LookAsync(CancellationToken.None);
        watched.Forget();
        two.Answer();
        await watched.LookAsync(CancellationToken.None);

        Assert.That(two.Asked, Is.EqualTo(2));
    }

    // The command's gate is lost at once; the HTTP gate answers when the test says so.
    private sealed class TwoGates : IGateKind
    {
        private readonly TaskCompletionSource answer = new();

        public int Asked { get; private set; }

        public void Answer() => answer.SetResult();

        public IGate Make(GateEntry entry) => new Gate(entry, this);

        private sealed class Gate(GateEntry entry, TwoGates both) : IGate
        {
            public GateEntry Entry => entry;

            public async Task<GateVerdict> CheckAsync(
                GateOccasion occasion,
                CancellationToken cancellationToken
            )
            {
                if (entry is CommandEntry)
                    return new GateVerdict(entry.Name, Holds: false, "it works");
                both.Asked++;
                await both.answer.Task;
                return new GateVerdict(entry.Name, Holds: true, "it rests");
            }
        }
    }
}
