using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using RotationMesh.Core;

namespace RotationMesh.Service;

/// <summary>A service from its start to its end.</summary>
internal static class ServiceRun
{
    /// <summary>
    /// Starts the service, and returns once it was told to stop and has stopped, which may be before its start has ended.
    /// Throws <see cref="UsageException"/> where it can't listen at <paramref name="listen"/>.
    /// </summary>
    public static async Task UntilStoppedAsync(WebApplication app, Uri listen)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException fault)
        {
            throw new UsageException($"can't listen on {listen}: {fault.Message}", fault);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // A signal came while it started, or the mesh can't be joined: that is told by whoever stopped it.
        }

        await ((IHost)app).WaitForShutdownAsync();
    }
}
