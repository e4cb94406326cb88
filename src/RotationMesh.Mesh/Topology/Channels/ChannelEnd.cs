namespace RotationMesh.Mesh.Topology.Channels;

/// <summary>
/// Whether the channel by which messages came is still there. Once it is not, they can't be answered, and RabbitMQ
/// delivers them again.
/// </summary>
internal sealed class ChannelEnd
{
    private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the channel.</summary>
    public Task Task => end.Task;

    /// <summary>Whether it is gone.</summary>
    public bool HasCome => end.Task.IsCompleted;

    /// <summary>Called where it is gone.</summary>
    public void Come() => end.TrySetResult();
}
