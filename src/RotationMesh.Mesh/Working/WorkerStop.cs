using Microsoft.Extensions.Hosting;

namespace RotationMesh.Mesh.Working;

/// <summary>
/// Ends partitions with the batch in hand when the worker stops: registered behind the bus, it hears of the stop first,
/// and the bus still takes what the partitions have to say.
/// </summary>
public sealed class WorkerStop : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    /// <summary>Set once the worker stops.</summary>
    public CancellationToken Token => stop.Token;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called by the host, or by whoever wants partitions returned earlier.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();
}
