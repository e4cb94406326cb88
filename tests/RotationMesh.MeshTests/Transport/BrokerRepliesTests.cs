using System.Net.Sockets;
using NUnit.Framework;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using RotationMesh.Bus.Standing;

namespace RotationMesh.MeshTests.Transport;

/// <summary>The words of RabbitMQ 3 and 4.</summary>
[TestFixture]
internal sealed class BrokerRepliesTests
{
    [TestCase(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'rotationmesh-rotation' in vhost 'a b': received the value 'quorum' of type 'longstr' but current is none",
        "queue rotationmesh-rotation of virtual host a b is not as the mesh makes it: its x-queue-type is none, and 'quorum' is wanted",
        "rabbitmqctl delete_queue --vhost 'a b' rotationmesh-rotation"
    )]
    [TestCase(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'rotationmesh-rotation' in vhost '/': received 'quorum' but current is 'classic'",
        "its x-queue-type is 'classic', and 'quorum' is wanted",
        "rabbitmqctl delete_queue --vhost / rotationmesh-rotation"
    )]
    [TestCase(
        406,
        "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'rotationmesh-rotation' in vhost '/': received 'fanout' but current is 'direct'",
        "exchange rotationmesh-rotation of virtual host / is not as the mesh makes it: its type is 'direct', and 'fanout' is wanted",
        "rabbitmqadmin --vhost=/ delete exchange name=rotationmesh-rotation"
    )]
    [TestCase(
        406,
        "PRECONDITION_FAILED - cannot declare queue 'rotationmesh-rotation': queue limit in vhost '/' (3) is reached",
        "queue rotationmesh-rotation can't be made: virtual host / may have 3 queues and has them, and the mesh needs 18 of its own",
        "rabbitmqctl set_vhost_limits --vhost / '{\"max-queues\": 21}'"
    )]
    [TestCase(
        530,
        "NOT_ALLOWED - access to vhost 'v' refused for user 'u': connection limit (1) is reached",
        "virtual host v takes 1 connections and has them",
        "rabbitmqctl set_vhost_limits --vhost v '{\"max-connections\": 11}'"
    )]
    [TestCase(
        530,
        "NOT_ALLOWED - connection refused for user 'u': user connection limit (2) is reached",
        "user u may have 2 connections and has them",
        "rabbitmqctl set_user_limits u '{\"max-connections\": 12}'"
    )]
    [TestCase(
        530,
        "NOT_ALLOWED - vhost v not found",
        "RabbitMQ has no virtual host v",
        "rabbitmqctl add_vhost v"
    )]
    [TestCase(
        530,
        "NOT_ALLOWED - something else",
        "RabbitMQ refuses the connection: NOT_ALLOWED - something else",
        "log says more"
    )]
    [TestCase(
        403,
        "ACCESS_REFUSED - configure access to queue 'q' in vhost 'v' refused for user 'u'",
        "RabbitMQ refuses this user what it needs: ACCESS_REFUSED - configure access to queue 'q'",
        "docs/mesh.md"
    )]
    public void A_refusal_is_told_with_what_was_found_and_what_mends_it(
        int code,
        string reply,
        string reason,
        string fix
    )
    {
        var fault = new OperationInterruptedException(
            new ShutdownEventArgs(ShutdownInitiator.Peer, (ushort)code, reply)
        );

        var read = BrokerReplies.Read(new AggregateException(fault), "here", "");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read?.Trouble.Reason, Does.Contain(reason));
            Assert.That(read?.Trouble.Fix, Does.Contain(fix));
            Assert.That(read?.OfConnection, Is.EqualTo(code == 530));
        }
    }

    [TestCaseSource(nameof(Unreachable))]
    public void A_broker_that_can_t_be_reached_is_away_whatever_the_fault_is(Exception fault, string why)
    {
        var read = BrokerReplies.Read(new AggregateException(fault), "here", "");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read?.Trouble.Cause, Is.EqualTo(BrokerCause.Away));
            Assert.That(read?.Trouble.Reason, Does.EndWith($"here can't be reached: {why}"));
            Assert.That(read?.OfConnection, Is.True);
        }
    }

    [Test]
    public void A_fault_of_something_else_is_no_trouble() =>
        Assert.That(BrokerReplies.Read(new TimeoutException(), "here", ""), Is.Null);

    [Test]
    public void A_connection_that_the_broker_ends_as_it_stops_is_no_trouble()
    {
        var fault = new OperationInterruptedException(
            new ShutdownEventArgs(
                ShutdownInitiator.Peer,
                320,
                "CONNECTION_FORCED - broker forced connection closure"
            )
        );

        Assert.That(BrokerReplies.Read(fault, "here", ""), Is.Null);
    }

    private static IEnumerable<TestCaseData> Unreachable =>
        [
            Of(new SocketException((int)SocketError.ConnectionRefused), "ConnectionRefused"),
            Of(new TimeoutException(), "it does not answer in time"),
            Of(new IOException(), "IOException"),
        ];

    private static TestCaseData Of(Exception cause, string why) =>
        new TestCaseData(new BrokerUnreachableException(cause), why).SetArgDisplayNames("fault", why);
}
