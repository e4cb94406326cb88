using Microsoft.Extensions.Hosting;

namespace RotationMesh.Working;

/// <summary>
/// Ends partitions after the batch in hand when the worker stops. It is registered after the bus, so it is stopped
/// first, and the bus still sends the partitions' results.
/// </summary>
public sealed class WorkerStop : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled once the worker stops.</summary>
    public CancellationToken Token => stop.Token;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called by the host, or by code that wants partitions returned earlier.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => stop.Dispose();
}
