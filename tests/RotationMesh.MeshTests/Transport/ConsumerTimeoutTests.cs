using MassTransit;
using NUnit.Framework;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Bus.Standing;

namespace RotationMesh.MeshTests.Transport;

/// <summary>What the broker says where a message was not acknowledged in time, and what is learnt from it.</summary>
[TestFixture]
internal sealed class ConsumerTimeoutTests
{
    private const string Words =
        "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 60000 ms. This timeout value can be configured, see consumers doc guide to learn more";

    [TestCase(Words, 60)]
    [TestCase(
        "PRECONDITION_FAILED - delivery acknowledgement on channel 12 for queue 'a 3 ms' timed out. Timeout value used: 1800000 ms",
        1800
    )]
    [TestCase("PRECONDITION_FAILED - unknown delivery tag 3", null)]
    [TestCase("CONNECTION_FORCED - broker forced connection closure", null)]
    [TestCase(null, null)]
    public void It_is_read_from_the_broker_s_words(string? reply, int? seconds) =>
        Assert.That(ConsumerTimeout.Read(reply)?.TotalSeconds, Is.EqualTo((double?)seconds));

    [Test]
    public void It_is_no_refusal() =>
        Assert.That(
            BrokerReplies.Read(
                new RabbitMqConnectionException(
                    "the channel is closed",
                    new AlreadyClosedException(new ShutdownEventArgs(ShutdownInitiator.Peer, 406, Words))
                ),
                "",
                ""
            ),
            Is.Null
        );

    [Test]
    public void The_shortest_counts_and_whoever_is_at_work_hears_of_it()
    {
        var timeout = new ConsumerTimeout();
        var heard = 0;
        timeout.Shortened += () => heard++;

        foreach (var seconds in (int[])[60, 90, 60, 30])
            timeout.Learn(TimeSpan.FromSeconds(seconds));

        Assert.That((timeout.Shortest, heard), Is.EqualTo((TimeSpan.FromSeconds(30), 2)));
    }
}
