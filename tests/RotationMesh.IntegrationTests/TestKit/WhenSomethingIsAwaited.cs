using RotationMesh.TestKit;

namespace RotationMesh.IntegrationTests.TestKit;

public sealed class WhenSomethingIsAwaited
{
    [Test]
    public async Task It_is_asked_until_it_holds()
    {
        var asked = 0;

        await Eventually.Holds(
            () => Task.FromResult(++asked == 3),
            TimeSpan.FromSeconds(20),
            "the third time"
        );

        Assert.That(asked, Is.EqualTo(3));
    }

    [Test]
    public void The_deadline_fails_the_test_and_says_what_did_not_happen()
    {
        Assert.That(
            () =>
                Eventually.Holds(
                    () => Task.FromResult(false),
                    TimeSpan.FromMilliseconds(50),
                    "the impossible"
                ),
            Throws.InstanceOf<AssertionException>().With.Message.Contains("the impossible")
        );
    }
}
