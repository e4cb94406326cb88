using RotationMesh.Control.Ledger;

namespace RotationMesh.UnitTests.Ledger;

public sealed class LedgerRulesTests
{
    [Test]
    public void A_lease_that_ran_out_says_that_the_time_to_write_has_passed() =>
        Assert.That(new LedgerRules().WriteTime, Is.LessThan(new LedgerRules().Lease));

    [Test]
    public void The_time_to_write_may_double_several_times() =>
        Assert.That(new LedgerRules().LongestWriteTime, Is.GreaterThan(16 * new LedgerRules().WriteTime));

    [Test]
    public void It_ends_before_half_of_the_time_after_which_RabbitMQ_takes_a_message_back() =>
        Assert.That(
            new LedgerRules().LongestWriteTime,
            Is.LessThan(TimeSpan.FromMinutes(30) / 2),
            "its consumer_timeout, as it comes"
        );
}
