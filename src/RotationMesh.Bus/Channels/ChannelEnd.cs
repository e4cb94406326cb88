namespace RotationMesh.Bus.Channels;

/// <summary>
/// The end of the channel that delivered messages. After it, they can't be acknowledged, and RabbitMQ delivers them
/// again.
/// </summary>
internal sealed class ChannelEnd
{
    private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the channel ends.</summary>
    public Task Task => end.Task;

    /// <summary>Whether the channel has ended.</summary>
    public bool HasCome => end.Task.IsCompleted;

    /// <summary>Called when the channel ends.</summary>
    public void Come() => end.TrySetResult();
}
