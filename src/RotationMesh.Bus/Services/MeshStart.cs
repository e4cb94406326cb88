using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RotationMesh.Bus.Standing;
using RotationMesh.Bus.Topology;

namespace RotationMesh.Bus.Services;

/// <summary>
/// Starts the roles of a service one after the other, in the background of the service's own start. So that start never
/// waits for a broker or a database: meanwhile the service answers, and is not ready. Stops the roles in the reverse order.
/// </summary>
public sealed class MeshStart(
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILogger<MeshStart> log
) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Stack<IHostedService> started = new();
    private Task start = Task.CompletedTask;

    /// <summary>The fault that has ended the service, since waiting does not mend it; null where there is none.</summary>
    public Exception? Failure { get; private set; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        start = Task.Run(BeginAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        // A transport whose request is refused does not always react to the cancellation; the host's own limit ends the wait.
        await Task.WhenAny(start, Task.Delay(Timeout.Infinite, cancellationToken));
        while (started.TryPop(out var service))
            await service.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    private async Task BeginAsync()
    {
        try
        {
            foreach (var service in services.GetKeyedServices<IHostedService>(MeshServices.Key))
            {
                await JoinAsync(service);
                started.Push(service);
            }

            services.GetRequiredService<BrokerStanding>().Join();
            MeshLog.Joined(log);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The service is stopped while it waits, so nobody needs any more what it waited for.
        }
        catch (Exception fault)
        {
            Failure = BrokerConnection.Explain(fault) ?? fault;
            lifetime.StopApplication();
        }
    }

    // The transport waits for a broker that is away, but its start fails where a broker closes a connection that is being set
    // up, or refuses a user. Such a start is retried; of these faults, only a user that was never let in ends the service:
    // waiting does not mend what was typed.
    private async Task JoinAsync(IHostedService service)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await TrustedAsync(service.StartAsync(stopping.Token));
                return;
            }
            catch (Exception fault) when (!stopping.IsCancellationRequested && MayPass(fault))
            {
                var pause = BrokerAttempts.WaitAfter(attempt);
                MeshLog.NotJoined(log, fault.GetType().Name, pause);
                await services.GetRequiredService<EndpointRevival>().ResetAsync(stopping.Token);
                await Task.Delay(pause, stopping.Token);
            }
        }
    }

    private bool MayPass(Exception fault) =>
        BrokerConnection.MayPass(fault)
        && (
            BrokerConnection.Explain(fault) is null || services.GetRequiredService<BrokerStanding>().IsReached
        );

    // Ends the start where the broker's certificate is refused: the transport would try again for ever.
    private async Task TrustedAsync(Task starting)
    {
        var refused = services.GetRequiredService<BrokerTrust>().Refused;
        if (await Task.WhenAny(starting, refused) == refused)
            throw await refused;
        await starting;
    }
}
