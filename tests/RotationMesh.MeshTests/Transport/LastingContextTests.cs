using MassTransit;
using MassTransit.Context;
using NUnit.Framework;
using RotationMesh.Bus.Channels;
using RotationMesh.TestKit;

namespace RotationMesh.MeshTests.Transport;

/// <summary>What calls off the work of a message, and what does not.</summary>
[TestFixture]
internal sealed class LastingContextTests
{
    private CancellationTokenSource transport = null!;
    private CancellationTokenSource stop = null!;
    private ChannelEnd end = null!;
    private LastingContext lasting = null!;

    [SetUp]
    public void Begin()
    {
        (transport, stop, end) = (
            new CancellationTokenSource(),
            new CancellationTokenSource(),
            new ChannelEnd()
        );
        lasting = new LastingContext(new Delivered(transport.Token), end, stop.Token);
    }

    [TearDown]
    public void End()
    {
        lasting.Dispose();
        transport.Dispose();
        stop.Dispose();
    }

    private bool IsCalledOff => ((PipeContext)lasting).CancellationToken.IsCancellationRequested;

    [Test]
    public async Task The_end_of_its_channel_does_not_but_the_end_of_the_process_does()
    {
        await transport.CancelAsync();
        end.Come();
        await Task.Yield();
        Assert.That(IsCalledOff, Is.False);

        await stop.CancelAsync();

        await CalledOffAsync();
    }

    [Test]
    public async Task The_transport_does_where_the_channel_is_there()
    {
        await transport.CancelAsync();

        await CalledOffAsync();
    }

    [Test]
    public async Task A_process_that_stops_leaves_it_to_the_transport()
    {
        await stop.CancelAsync();
        Assert.That(IsCalledOff, Is.False);

        await transport.CancelAsync();

        await CalledOffAsync();
    }

    [Test]
    public async Task Nothing_does_once_it_is_over()
    {
        var token = ((PipeContext)lasting).CancellationToken;
        lasting.Dispose();

        await transport.CancelAsync();
        await stop.CancelAsync();

        Assert.That(token.IsCancellationRequested, Is.False);
    }

    private Task CalledOffAsync() =>
        Eventually.Holds(() => Task.FromResult(IsCalledOff), TimeSpan.FromMinutes(1), "it is called off");

    private sealed class Delivered(CancellationToken token) : ReceiveContextProxy(null!), PipeContext
    {
        CancellationToken PipeContext.CancellationToken => token;
    }
}
