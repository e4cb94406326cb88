using RotationMesh.Control.Ledger;

namespace RotationMesh.IntegrationTests.Ledger;

public sealed class WhenATryIsDelayed
{
    private static readonly LedgerRules Rules = new()
    {
        FirstDelay = TimeSpan.FromSeconds(1),
        LongestDelay = TimeSpan.FromSeconds(60),
    };

    [Test]
    [TestCase(1, 1)]
    [TestCase(2, 2)]
    [TestCase(5, 16)]
    [TestCase(7, 60)]
    [TestCase(5000, 60)]
    public void The_wait_doubles_up_to_the_longest_and_half_of_it_is_chance(int failure, double seconds)
    {
        Assert.That(Rules.DelayAfter(failure, 0).TotalSeconds, Is.EqualTo(seconds / 2).Within(0.001));
        Assert.That(Rules.DelayAfter(failure, 0.999999).TotalSeconds, Is.EqualTo(seconds).Within(0.001));
    }
}
